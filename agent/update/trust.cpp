#include "agent/update/trust.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "agent/base/durable_file.hpp"
#include "agent/base/sha256.hpp"
#include "agent/model/ids.hpp"
#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

constexpr std::uint64_t kMaxTrust = 4096;
constexpr mode_t kRights = 0644;

Status only_of(uid_t owner, const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return fail("{}: {}", path, std::strerror(errno));
  const bool others_write = (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (S_ISLNK(info.st_mode) || info.st_uid != owner || others_write)
    return fail("{}: owned by user {} and to be written by nobody else expected", path, owner);
  return {};
}

// "" where there is no such line.
std::string_view line_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ' ')
      return line.substr(name.size() + 1);
  }
  return "";
}

}  // namespace

Result<Trust> parse_trust(std::string_view text) {
  Trust out;
  const auto key = parse_ed25519_public(line_of(text, "key"));
  out.store = line_of(text, "store");
  out.gateway = line_of(text, "gateway");
  if (!key || !is_site_id(out.store) || !is_site_id(out.gateway))
    return fail("key, store and gateway expected, as \"sudo aislectl update trust\" writes them");
  out.key = *key;
  return out;
}

Result<Trust> read_trust(const std::string& path, uid_t owner) {
  const auto directory = std::filesystem::absolute(path).parent_path().string();
  for (const auto& owned : {directory, path}) {
    if (auto checked = only_of(owner, owned); !checked) return tl::unexpected(checked.error());
  }
  const auto text = read_small_file(path, kMaxTrust);
  if (!text) return tl::unexpected(text.error());
  auto trust = parse_trust(*text);
  if (!trust) return tl::unexpected(trust.error().within(path));
  return trust;
}

Status write_trust(const std::string& path, const Trust& trust) {
  const std::string text = fmt::format("key {}\nstore {}\ngateway {}\n", to_hex(trust.key), trust.store, trust.gateway);
  // Ours, whosever there was before.
  if (auto written = write_durably(path, text, ""); !written) return written;
  // The daemon sees by it that updates are taken.
  if (chmod(path.c_str(), kRights) != 0) return fail("{}: {}", path, std::strerror(errno));
  return {};
}

std::string fingerprint(const Ed25519Public& key) {
  return to_hex(sha256(key));
}

}  // namespace aisle::update
