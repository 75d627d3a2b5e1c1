// A file of the VFS below, with spans. Codes are SQLite's.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <span>

namespace aisle::store {

class RawFile {
 public:
  // Opened, and closed by somebody else.
  explicit RawFile(sqlite3_file* file) : file_(file) {}
  // SQLITE_IOERR_SHORT_READ: the rest of `to` is zeros.
  int read(std::span<std::byte> to, std::int64_t at) {
    return file_->pMethods->xRead(file_, to.data(), static_cast<int>(to.size()), at);
  }
  int write(std::span<const std::byte> from, std::int64_t at) {
    return file_->pMethods->xWrite(file_, from.data(), static_cast<int>(from.size()), at);
  }
  int truncate(std::int64_t size) { return file_->pMethods->xTruncate(file_, size); }
  int sync() { return file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL); }
  int size(std::int64_t& out) {
    sqlite3_int64 size = 0;
    const int code = file_->pMethods->xFileSize(file_, &size);
    out = size;
    return code;
  }

 private:
  sqlite3_file* file_;
};

}  // namespace aisle::store
