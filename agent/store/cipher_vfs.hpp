// A SQLite VFS, above another one, that encrypts the database, its write-ahead log and its rollback journal. Temporary
// files are refused: no page reaches the disk in another way.
#pragma once

#include <memory>
#include <string>

#include "agent/store/page_cipher.hpp"

struct sqlite3_vfs;

namespace aisle::store {

// Registered under a name of its own while it exists; outlives every connection that uses it. For one thread at a time.
class CipherVfs {
 public:
  // `base`: the VFS below; empty: SQLite's default. Error: there is none of that name.
  static Result<std::unique_ptr<CipherVfs>> create(const seal::MasterKey& key, const std::string& base);
  CipherVfs(const CipherVfs&) = delete;
  CipherVfs& operator=(const CipherVfs&) = delete;
  ~CipherVfs();
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] PageCipher& cipher() { return cipher_; }
  // For the VFS's own functions.
  [[nodiscard]] sqlite3_vfs* base() const { return base_; }

 private:
  CipherVfs(const seal::MasterKey& key, sqlite3_vfs* base);

  PageCipher cipher_;
  sqlite3_vfs* base_;
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace aisle::store
