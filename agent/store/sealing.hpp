// A database file seen from outside, and how a plain one becomes a sealed one.
#pragma once

#include <string>

#include "agent/store/cipher_vfs.hpp"
#include "agent/store/sqlite.hpp"

namespace aisle::store {

enum class AtRest { absent, plain, sealed, unknown };

struct FileStart {
  AtRest rest = AtRest::absent;
  bool foreign_key = false;  // sealed under another master key than the cipher's
};
// Error: the file cannot be read.
[[nodiscard]] Result<FileStart> look_at(const std::string& path, PageCipher* cipher);

// Puts a sealed copy in the place of the database that `plain` has open, and wipes what was there. A crash at any point
// leaves the plain database or the sealed one, whole, under `path`.
Status seal_database(const std::string& path, Connection plain, CipherVfs& vfs, const seal::MasterKey& key);

// Ends what a crash interrupted. Only with a master key, before the database is opened; `rest`: what it is.
Status tidy_up_sealing(const std::string& path, AtRest rest);

}  // namespace aisle::store
