#include "tests/bench/radio/listener.hpp"

#include <csignal>

namespace aisle::radio {
namespace {

constexpr const char* kPython = "/usr/bin/python3";  // Debian's: another one does not find Debian's packages

fakes::Command command(const std::string& way, const std::string& where, const fakes::TempDir& folder) {
  fakes::Command out;
  out.argv = {RADIO_LISTEN, way, where};
  if (way == "bleak") {
    out.argv = {kPython, RADIO_BLEAK};
    out.env = {{"DBUS_SYSTEM_BUS_ADDRESS", where}};
  }
  out.out = folder.file("out");
  out.err = folder.file("err");
  return out;
}

}  // namespace

Listener::Listener(const std::string& way, const std::string& where) : process_(command(way, where, folder_)) {}

bool Listener::ready() {
  return fakes::eventually([this] {
           return !fakes::whole_lines(fakes::read_file(folder_.file("out"))).empty() || !process_.running();
         }) &&
         process_.running();
}

nlohmann::json Listener::finish() {
  process_.signal(SIGTERM);
  (void)process_.wait();
  const auto lines = fakes::whole_lines(fakes::read_file(folder_.file("out")));
  return lines.empty() ? nlohmann::json() : nlohmann::json::parse(lines.back(), nullptr, false);
}

bool Listener::has_bleak() {
  return fakes::run({kPython, "-c", "import bleak"}).exit == 0;
}

}  // namespace aisle::radio
