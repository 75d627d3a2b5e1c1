// How far the outbox had come, in a small file of its own beside the database ("aisle.db.mark"): what SQLite does not
// say, for it ends at the first bad frame of its log without a word. Written after each commit and never synced, so it
// is never ahead of the database, unless that has lost something; after a power cut it may be behind.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace aisle::store {

struct HighWater {
  std::string epoch;
  std::uint64_t sequence = 0;
  std::int64_t last_id = 0;  // of the outbox

  bool operator==(const HighWater&) const = default;
};

class HighWaterFile {
 public:
  static constexpr std::size_t kBytes = 64;

  // Of the database `path`, through the VFS that is handed in (empty: the default). A file that cannot be opened is
  // none: then nothing is noticed.
  HighWaterFile(const std::string& path, const std::string& vfs);
  ~HighWaterFile();
  HighWaterFile(const HighWaterFile&) = delete;
  HighWaterFile& operator=(const HighWaterFile&) = delete;

  // None: there is none, it is torn or altered, or cannot be read.
  [[nodiscard]] std::optional<HighWater> read();
  // Best effort.
  void write(const HighWater& mark);

 private:
  struct Opened;
  std::unique_ptr<Opened> file_;
  std::optional<HighWater> written_;
};

}  // namespace aisle::store
