#include "agent/cli/cloud/issue_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "agent/base/durable_file.hpp"
#include "agent/cli/cloud/issuer.hpp"
#include "agent/cli/cloud/json_file.hpp"

namespace aisle::cloud {
namespace {

using nlohmann::json;

constexpr const char* kKey = R"({"key":…} expected)";

Result<std::vector<json>> read_if_there(const std::string& path) {
  if (std::error_code error; !std::filesystem::exists(path, error)) return std::vector<json>();
  return read_objects(path, kKey);
}

Result<std::set<std::string>> keys_in(const std::string& path) {
  const auto objects = read_if_there(path);
  if (!objects) return tl::unexpected(objects.error());
  std::set<std::string> out;
  for (const auto& object : *objects) out.insert(text_member(object, "key"));
  return out;
}

}  // namespace

Status IssueLog::note(const std::string& gateway, const std::string& key, const std::string& certificate) const {
  const std::string line = json{{"gateway", gateway}, {"key", key}, {"serial", serial_of(certificate)}}.dump() + "\n";
  const int file = open(issued().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fdatasync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  if (!written) return fail("{}: {}", issued(), std::strerror(error));
  return {};
}

Result<std::size_t> IssueLog::revoke(const std::string& gateway) const {
  const auto objects = read_if_there(issued());
  if (!objects) return tl::unexpected(objects.error());
  auto keys = keys_in(revoked());
  if (!keys) return tl::unexpected(keys.error());
  std::set<std::string> of_gateway;
  for (const auto& object : *objects) {
    if (text_member(object, "gateway") == gateway) of_gateway.insert(text_member(object, "key"));
  }
  if (of_gateway.empty()) return fail("{}: no certificate was issued for {}", issued(), gateway);
  keys->merge(std::set(of_gateway));
  std::string text;
  for (const auto& key : *keys) text += json{{"key", key}}.dump() + "\n";
  if (auto written = write_durably(revoked(), text, claims_); !written) return tl::unexpected(written.error());
  return of_gateway.size();
}

Result<bool> IssueLog::is_revoked(const std::string& key) const {
  const auto keys = keys_in(revoked());
  if (!keys) return tl::unexpected(keys.error());
  return keys->contains(key);
}

Result<std::vector<std::string>> IssueLog::revoked_serials() const {
  const auto keys = keys_in(revoked());
  if (!keys) return tl::unexpected(keys.error());
  const auto objects = read_if_there(issued());
  if (!objects) return tl::unexpected(objects.error());
  std::vector<std::string> out;
  for (const auto& object : *objects) {
    if (keys->contains(text_member(object, "key"))) out.push_back(text_member(object, "serial"));
  }
  return out;
}

}  // namespace aisle::cloud
