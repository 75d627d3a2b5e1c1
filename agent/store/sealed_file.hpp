// Files of a sealed store as SQLite sees them, plain, over files that hold ciphertext. Codes are SQLite's; one thread
// at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "agent/store/page_cipher.hpp"
#include "agent/store/raw_file.hpp"

namespace aisle::store {

class SealedFile {
 public:
  virtual ~SealedFile() = default;
  virtual int read(std::span<std::byte> to, std::int64_t at) = 0;
  virtual int write(std::span<const std::byte> from, std::int64_t at) = 0;
  virtual int truncate(std::int64_t size) = 0;
};

// The database: whole pages are written, parts may be read. A page that does not open is SQLITE_CORRUPT.
[[nodiscard]] std::unique_ptr<SealedFile> make_sealed_database(RawFile file, PageCipher& cipher);
// The write-ahead log. A frame that does not open ends the log, as one with a wrong checksum does. What is cut off is
// overwritten first.
[[nodiscard]] std::unique_ptr<SealedFile> make_sealed_log(RawFile file, PageCipher& cipher);
// The rollback journal, which is there while a database begins.
[[nodiscard]] std::unique_ptr<SealedFile> make_sealed_journal(RawFile file, PageCipher& cipher);

}  // namespace aisle::store
