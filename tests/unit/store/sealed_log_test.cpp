// The log's file by itself, over one in memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "agent/store/sealed_file.hpp"
#include "tests/fakes/sealed.hpp"

namespace aisle::store {
namespace {

// Keeps what was there before each truncation.
struct MemoryFile : sqlite3_file {
  std::string content;
  std::vector<std::string> cut;
};

MemoryFile& of(sqlite3_file* file) {
  return *static_cast<MemoryFile*>(file);
}
int read_memory(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  const std::string part = static_cast<std::size_t>(at) < of(file).content.size()
                               ? of(file).content.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(size))
                               : "";
  std::fill_n(static_cast<char*>(to), size, '\0');
  std::copy(part.begin(), part.end(), static_cast<char*>(to));
  return part.size() == static_cast<std::size_t>(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}
int write_memory(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  auto& content = of(file).content;
  content.resize(std::max(content.size(), static_cast<std::size_t>(at + size)));
  content.replace(static_cast<std::size_t>(at), static_cast<std::size_t>(size), static_cast<const char*>(from),
                  static_cast<std::size_t>(size));
  return SQLITE_OK;
}
int truncate_memory(sqlite3_file* file, sqlite3_int64 size) {
  of(file).cut.push_back(of(file).content);
  of(file).content.resize(static_cast<std::size_t>(size));
  return SQLITE_OK;
}
int sync_memory(sqlite3_file* /*file*/, int /*flags*/) {
  return SQLITE_OK;
}
int size_of_memory(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(of(file).content.size());
  return SQLITE_OK;
}

class SealedLogTest : public testing::Test {
 protected:
  SealedLogTest() {
    methods_.iVersion = 1;
    methods_.xRead = read_memory;
    methods_.xWrite = write_memory;
    methods_.xTruncate = truncate_memory;
    methods_.xSync = sync_memory;
    methods_.xFileSize = size_of_memory;
    file_.pMethods = &methods_;
    log_ = make_sealed_log(RawFile(&file_), cipher_);
    for (std::size_t i = 0; i < text_.size(); ++i) text_[i] = static_cast<char>('a' + i % 23);
    text_.replace(32, 4, std::string("\0\0\0\x05", 4));  // the frame's page number
    std::fill(text_.end() - static_cast<std::ptrdiff_t>(seal::kSealBytes), text_.end(), '\0');
  }
  int write(std::size_t from, std::size_t to) {
    return log_->write(std::as_bytes(std::span(text_)).subspan(from, to - from), static_cast<std::int64_t>(from));
  }
  std::string read(std::size_t from, std::size_t to, int expected = SQLITE_OK) {
    std::string out(to - from, '?');
    EXPECT_EQ(log_->read(std::as_writable_bytes(std::span(out)), static_cast<std::int64_t>(from)), expected);
    return out;
  }
  void reopen() { log_ = make_sealed_log(RawFile(&file_), cipher_); }

  static constexpr std::size_t kEnd = 32 + 24 + 4096;  // of the first frame
  sqlite3_io_methods methods_{};
  MemoryFile file_;
  PageCipher cipher_{fakes::master_key()};
  std::unique_ptr<SealedFile> log_;
  std::string text_ = std::string(kEnd, 'x');
};

TEST_F(SealedLogTest, AnyPieceIsReadBack) {
  ASSERT_EQ(write(0, 32), SQLITE_OK);
  ASSERT_EQ(write(32, 56), SQLITE_OK);
  ASSERT_EQ(write(56, kEnd), SQLITE_OK);
  EXPECT_EQ(read(0, kEnd), text_);
  EXPECT_EQ(read(48, 56), text_.substr(48, 8)) << "checksums of the frame before";
  EXPECT_EQ(read(56, kEnd), text_.substr(56));
  EXPECT_EQ(file_.content.find("bcdefgh", 40), std::string::npos);
}

TEST_F(SealedLogTest, PiecesAreGathered) {
  for (const std::size_t middle : {40U, 56U, 57U, 3000U, 4151U}) {
    file_.content.clear();
    ASSERT_EQ(write(0, 32), SQLITE_OK);
    ASSERT_EQ(write(32, middle), SQLITE_OK);
    ASSERT_EQ(write(middle, kEnd), SQLITE_OK);
    reopen();
    EXPECT_EQ(read(0, kEnd), text_) << "in two at " << middle;
  }
  EXPECT_EQ(write(3000, kEnd), SQLITE_IOERR_WRITE) << "without what comes before it";
}

TEST_F(SealedLogTest, APageMayBeWrittenAnewUnderItsHeader) {
  ASSERT_EQ(write(0, kEnd), SQLITE_OK);
  reopen();
  text_[1000] = '!';
  ASSERT_EQ(write(56, kEnd), SQLITE_OK);
  EXPECT_EQ(read(32, kEnd), text_.substr(32));
}

// At the start it is read as noise, which no checksum fits; later as damage.
TEST_F(SealedLogTest, ATornFrameIsNoise) {
  ASSERT_EQ(write(0, kEnd), SQLITE_OK);
  file_.content[2000] ^= 1;
  read(32, kEnd, SQLITE_CORRUPT);
  reopen();
  const std::string once = read(32, kEnd);
  EXPECT_EQ(once.substr(0, 24), text_.substr(32, 24));
  EXPECT_NE(once.substr(24), text_.substr(56));
  EXPECT_NE(read(32, kEnd), once);
  read(56, kEnd, SQLITE_CORRUPT);
}

TEST_F(SealedLogTest, WhatIsCutOffIsOverwrittenFirst) {
  ASSERT_EQ(write(0, kEnd), SQLITE_OK);
  ASSERT_EQ(log_->truncate(32), SQLITE_OK);
  ASSERT_EQ(file_.cut.size(), 1U);
  EXPECT_EQ(file_.cut[0].substr(32), std::string(kEnd - 32, '\0'));
  EXPECT_EQ(file_.cut[0].substr(0, 32), text_.substr(0, 32));
  EXPECT_EQ(file_.content.size(), 32U);
  ASSERT_EQ(log_->truncate(0), SQLITE_OK);
  EXPECT_EQ(file_.cut[1], std::string(32, '\0'));
}

}  // namespace
}  // namespace aisle::store
