#include "agent/cli/cloud/issue_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "agent/base/durable_file.hpp"
#include "agent/base/fd.hpp"
#include "agent/cli/cloud/issuer.hpp"
#include "agent/cli/cloud/json_file.hpp"

namespace aisle::cloud {
namespace {

using nlohmann::json;

constexpr const char* kKey = R"({"key":…} expected)";

// Nothing where there is no such file yet.
Result<std::string> read_if_there(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) return read_whole(path);
  if (error) return fail("{}: {}", path, error.message());
  return "";
}

// How much of `lines` counts: all but a last line without an end that is no JSON, which a full disk or a power cut has
// torn. What it was about was not given away.
std::size_t whole_of(const std::string& lines) {
  const std::size_t end = lines.rfind('\n') + 1;  // 0 without one
  return json::accept(lines.substr(end)) ? lines.size() : end;
}

Result<std::vector<json>> read_lines(const std::string& path) {
  const auto text = read_if_there(path);
  if (!text) return tl::unexpected(text.error());
  return parse_objects(text->substr(0, whole_of(*text)), path, kKey);
}

Result<std::set<std::string>> keys_in(const std::string& path) {
  const auto text = read_if_there(path);
  if (!text) return tl::unexpected(text.error());
  const auto objects = parse_objects(*text, path, kKey);
  if (!objects) return tl::unexpected(objects.error());
  std::set<std::string> out;
  for (const auto& object : *objects) out.insert(text_member(object, "key"));
  return out;
}

// An open file, others of our programs kept out of it until it is closed. None: see errno.
Fd open_locked(const std::string& path, int flags) {
  Fd file(open(path.c_str(), flags | O_CLOEXEC, 0600));
  int failed = file ? 0 : -1;
  if (file) {
    do failed = flock(file.get(), LOCK_EX);
    while (failed != 0 && errno == EINTR);
  }
  return failed == 0 ? std::move(file) : Fd();
}

// In place of what comes after the first `size` bytes. Whole or not at all, but for a power cut.
bool append(int file, std::size_t size, const std::string& text) {
  const auto end = static_cast<off_t>(size);
  if (ftruncate(file, end) != 0) return false;
  if (write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fdatasync(file) == 0) return true;
  const int error = errno;
  if (ftruncate(file, end) == 0) errno = error;
  return false;
}

}  // namespace

Status IssueLog::note(const std::string& gateway, const std::string& key, const std::string& certificate) const {
  const Fd file = open_locked(issued(), O_WRONLY | O_CREAT | O_APPEND);
  if (!file) return fail("{}: {}", issued(), std::strerror(errno));
  const auto before = read_whole(issued());
  if (!before) return tl::unexpected(before.error());
  const std::size_t size = whole_of(*before);
  const bool ended = size == 0 || before->at(size - 1) == '\n';
  const std::string line = json{{"gateway", gateway}, {"key", key}, {"serial", serial_of(certificate)}}.dump() + "\n";
  errno = ENOSPC;  // what a short write means
  if (!append(file.get(), size, ended ? line : "\n" + line)) return fail("{}: {}", issued(), std::strerror(errno));
  return {};
}

Result<std::size_t> IssueLog::revoke(const std::string& gateway) const {
  const Fd claims = open_locked(claims_, O_RDONLY);  // of two at once one would go over what the other has written
  if (!claims) return fail("{}: {}", claims_, std::strerror(errno));
  const auto objects = read_lines(issued());
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
  const auto objects = read_lines(issued());
  if (!objects) return tl::unexpected(objects.error());
  std::vector<std::string> out;
  for (const auto& object : *objects) {
    if (keys->contains(text_member(object, "key"))) out.push_back(text_member(object, "serial"));
  }
  return out;
}

}  // namespace aisle::cloud
