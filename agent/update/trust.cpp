#include "agent/update/trust.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "agent/base/durable_file.hpp"
#include "agent/base/sha256.hpp"
#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

constexpr std::uint64_t kMaxKeyFile = 4096;
constexpr mode_t kForAll = 0644;

Status only_ours(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return fail("{}: {}", path, std::strerror(errno));
  const bool others_write = (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (S_ISLNK(info.st_mode) || info.st_uid != geteuid() || others_write)
    return fail("{}: owned by user {} and to be written by nobody else expected", path, geteuid());
  return {};
}

}  // namespace

Result<Ed25519Public> read_trust(const std::string& path) {
  const auto directory = std::filesystem::absolute(path).parent_path().string();
  for (const auto& owned : {directory, path}) {
    if (auto checked = only_ours(owned); !checked) return tl::unexpected(checked.error());
  }
  const auto text = read_small_file(path, kMaxKeyFile);
  if (!text) return tl::unexpected(text.error());
  auto key = parse_ed25519_public(*text);
  if (!key) return tl::unexpected(key.error().within(path));
  return key;
}

Status write_trust(const std::string& path, const Ed25519Public& key) {
  if (auto written = write_durably(path, to_hex(key) + "\n", path); !written) return written;
  // The daemon sees by it that updates are taken.
  if (chmod(path.c_str(), kForAll) != 0) return fail("{}: {}", path, std::strerror(errno));
  return {};
}

std::string fingerprint(const Ed25519Public& key) {
  return to_hex(sha256(key));
}

}  // namespace aisle::update
