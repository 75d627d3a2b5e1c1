#include "agent/store/high_water.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "agent/base/crc32c.hpp"
#include "agent/store/raw_file.hpp"

namespace aisle::store {
namespace {

// name (8), sequence (8), last id (8), length of the epoch (1), epoch (35), checksum of what is before it (4); numbers
// with the lowest byte first.
constexpr std::string_view kName = "AISLMARK";
constexpr std::size_t kSequenceAt = 8, kIdAt = 16, kLengthAt = 24, kEpochAt = 25, kChecksumAt = 60;
using Record = std::array<std::byte, HighWaterFile::kBytes>;

void put(Record& record, std::size_t at, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) record.at(at + i) = static_cast<std::byte>(number >> (8 * i));
}

std::uint64_t get(const Record& record, std::size_t at, std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i) number |= std::to_integer<std::uint64_t>(record.at(at + i)) << (8 * i);
  return number;
}

void put(Record& record, std::size_t at, std::string_view text) {
  for (const char c : text) record.at(at++) = static_cast<std::byte>(c);
}

std::string text_in(const Record& record, std::size_t at, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += std::to_integer<char>(record.at(at + i));
  return text;
}

std::uint32_t checksum_of(const Record& record) {
  return Crc32c().add(text_in(record, 0, kChecksumAt)).value();
}

std::optional<HighWater> parse(const Record& record) {
  const auto length = static_cast<std::size_t>(get(record, kLengthAt, 1));
  if (text_in(record, 0, kName.size()) != kName || length == 0 || length > kChecksumAt - kEpochAt) return std::nullopt;
  if (get(record, kChecksumAt, 4) != checksum_of(record)) return std::nullopt;
  HighWater mark;
  mark.epoch = text_in(record, kEpochAt, length);
  mark.sequence = get(record, kSequenceAt, 8);
  mark.last_id = static_cast<std::int64_t>(get(record, kIdAt, 8));
  // What SQLite cannot hold was never there.
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (mark.sequence > kMost || mark.last_id < 0) return std::nullopt;
  return mark;
}

}  // namespace

struct HighWaterFile::Opened {
  Opened(std::string where, sqlite3_vfs* vfs)
      : path(std::move(where)), memory(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (handle()->pMethods != nullptr) handle()->pMethods->xClose(handle());
  }
  sqlite3_file* handle() { return static_cast<sqlite3_file*>(static_cast<void*>(memory.data())); }

  std::string path;  // a VFS may keep the pointer
  std::vector<std::max_align_t> memory;
};

// Opened as one of SQLite's journals, for a VFS knows no other kinds; it is neither locked nor synced.
HighWaterFile::HighWaterFile(const std::string& path, const std::string& vfs) {
  sqlite3_vfs* base = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  if (base == nullptr) return;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_SUPER_JOURNAL;
  auto opened = std::make_unique<Opened>(path + ".mark", base);
  int flags = 0;
  if (base->xOpen(base, opened->path.c_str(), opened->handle(), kFlags, &flags) != SQLITE_OK) return;
  if ((flags & SQLITE_OPEN_READONLY) == 0) file_ = std::move(opened);
}

HighWaterFile::~HighWaterFile() = default;

std::optional<HighWater> HighWaterFile::read() {
  constexpr int kTries = 3;
  Record record{};
  for (int i = 0; file_ && i < kTries; ++i) {
    const int code = RawFile(file_->handle()).read(record, 0);
    if (code == SQLITE_OK) return parse(record);
    if (code == SQLITE_IOERR_SHORT_READ) break;
  }
  return std::nullopt;
}

void HighWaterFile::write(const HighWater& mark) {
  if (!file_ || written_ == mark || mark.epoch.empty() || mark.epoch.size() > kChecksumAt - kEpochAt) return;
  Record record{};
  put(record, 0, kName);
  put(record, kSequenceAt, mark.sequence, 8);
  put(record, kIdAt, static_cast<std::uint64_t>(mark.last_id), 8);
  put(record, kLengthAt, mark.epoch.size(), 1);
  put(record, kEpochAt, mark.epoch);
  put(record, kChecksumAt, checksum_of(record), 4);
  if (RawFile(file_->handle()).write(record, 0) == SQLITE_OK) written_ = mark;
}

}  // namespace aisle::store
