#include "agent/provision/machine.hpp"

#include <fstream>

#include "agent/base/durable_file.hpp"
#include "agent/base/sha256.hpp"

namespace aisle::provision {
namespace {

// The first line, without what the device tree ends its texts with.
std::string line_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (line.back() == '\0' || line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

std::string file_of(const std::string& state_dir) {
  return state_dir + "/machine";
}

}  // namespace

std::optional<std::string> machine_identity(const std::string& root) {
  for (const char* path :
       {"/sys/firmware/devicetree/base/serial-number", "/etc/machine-id", "/var/lib/dbus/machine-id"}) {
    const std::string value = line_of(root + path);
    // Whoever reads the state directory need not learn the number itself (machine-id(5) asks for that too).
    if (!value.empty() && value != "uninitialized") return to_hex(sha256("aisle machine " + value));
  }
  return std::nullopt;
}

Bound where_bound(const std::string& state_dir, const std::optional<std::string>& identity) {
  if (!identity) return Bound::here;
  const std::string bound = line_of(file_of(state_dir));
  if (bound.empty()) return Bound::none;
  return bound == *identity ? Bound::here : Bound::elsewhere;
}

Status bind_machine(const std::string& state_dir, const std::optional<std::string>& identity) {
  if (!identity) return {};
  return write_durably(file_of(state_dir), *identity + "\n", "");
}

}  // namespace aisle::provision
