#include "agent/seal/master_key.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include "agent/base/credential.hpp"
#include "agent/seal/sodium.hpp"

namespace aisle::seal {
namespace {

constexpr std::size_t kMostBytes = 1024;  // of the file
constexpr std::string_view kExpected = "a key of 32 bytes expected, as they are, or as 64 hex digits or base64";

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::optional<MasterKey> from_bytes(ByteSpan bytes) {
  Key256 key{};
  if (bytes.size() != key.size()) return std::nullopt;
  std::ranges::copy(bytes, key.begin());
  return MasterKey(key);
}

std::optional<MasterKey> parse(std::string_view text) {
  // Thirty-two hex digits are a key of half the length, not the bytes of one.
  if (text.size() == 32 && !std::ranges::all_of(text, is_hex_digit)) return from_bytes(std::as_bytes(std::span(text)));
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  const auto bytes = text.size() == 64 ? from_hex(text) : from_base64(text);
  return bytes ? from_bytes(*bytes) : std::nullopt;
}

}  // namespace

MasterKey::MasterKey(const Key256& key) : key_(key) {
  prepare();
}

std::array<std::byte, 8> MasterKey::id() const {
  std::array<std::byte, 8> out{};
  std::ranges::copy_n(derive(key_, 5).begin(), out.size(), out.begin());
  return out;
}

Result<MasterKey> read_master_key(std::string_view source) {
  const auto path = source_path(source);
  if (!path) return tl::unexpected(path.error());
  errno = 0;
  std::ifstream file(*path, std::ios::binary);
  std::string text(kMostBytes, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file && !file.eof()) return fail("{}: {}", *path, std::generic_category().message(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto key = parse(text);
  if (!key) return fail("{}: {}, not {} bytes of something else", *path, kExpected, text.size());
  return *key;
}

bool rests_on_disk(std::string_view source) {
  if (names_credential(source)) return false;
  struct statfs system {};
  if (statfs(std::string(source).c_str(), &system) != 0) return true;
  const auto type = static_cast<unsigned long>(system.f_type);
  return type != TMPFS_MAGIC && type != RAMFS_MAGIC;
}

}  // namespace aisle::seal
