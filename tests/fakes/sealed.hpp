// The master key of tests that run over a sealed store as well: with AISLE_SEALED=yes in the environment.
#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/seal/master_key.hpp"
#include "agent/store/cipher_vfs.hpp"
#include "agent/store/sqlite.hpp"

namespace aisle::fakes {

[[nodiscard]] inline seal::MasterKey master_key(unsigned char fill = 7) {
  seal::Key256 key{};
  key.fill(std::byte{fill});
  return seal::MasterKey(key);
}

[[nodiscard]] inline std::optional<seal::MasterKey> key_of_this_run() {
  const char* sealed = std::getenv("AISLE_SEALED");
  return sealed != nullptr && std::string_view(sealed) == "yes" ? std::optional(master_key()) : std::nullopt;
}

// A connection of the test's own to a database of the store.
struct RawDatabase {
  std::unique_ptr<store::CipherVfs> cipher;  // goes last
  store::Connection connection;
  store::Connection* operator->() { return &connection; }
};
[[nodiscard]] inline Result<RawDatabase> open_raw(const std::string& path, const std::optional<seal::MasterKey>& key) {
  RawDatabase raw;
  std::string vfs;
  if (key) {
    auto cipher = store::CipherVfs::create(*key, "");
    if (!cipher) return tl::unexpected(cipher.error());
    raw.cipher = std::move(*cipher);
    vfs = raw.cipher->name();
  }
  auto connection = store::Connection::open(path, vfs);
  if (!connection) return tl::unexpected(connection.error());
  raw.connection = std::move(*connection);
  if (auto set = raw.connection.execute("raw", "PRAGMA locking_mode = EXCLUSIVE"); !set)
    return tl::unexpected(set.error());
  return raw;
}

}  // namespace aisle::fakes
