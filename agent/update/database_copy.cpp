#include "agent/update/database_copy.hpp"

#include <array>
#include <filesystem>

#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDatabase = "aisle.db";
// SQLite's, and the store's mark of how far it has come: none of them may stay beside a database that is not theirs.
constexpr std::array kCompanions = {"-wal", "-shm", "-journal", ".mark"};
constexpr std::array kCopied = {"aisle.db", "aisle.db-wal", "aisle.db-journal", "aisle.db.mark"};
constexpr std::uint64_t kLargest = std::uint64_t{1} << 40U;
constexpr const char* kAside = "aisle.db.of-";

Status remove_aside(const std::string& state_dir, const Folder& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(state_dir, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kAside)) continue;
    if (auto removed = folder.remove(name); !removed) return removed;
  }
  return {};
}

}  // namespace

Result<std::uint64_t> DatabaseCopy::size() const {
  const auto folder = Folder::open(state_dir_);
  if (!folder) return tl::unexpected(folder.error());
  std::uint64_t out = 0;
  for (const char* name : kCopied) {
    if (!folder->has(name)) continue;
    const auto bytes = folder->size_of(name);
    if (!bytes) return tl::unexpected(bytes.error());
    // A file may claim any length without taking room.
    if (*bytes > kLargest) return fail("{}/{}: {} bytes are not a database of the daemon's", state_dir_, name, *bytes);
    out += *bytes;
  }
  return out;
}

Status DatabaseCopy::take(std::uint64_t most) {
  const auto folder = Folder::open(state_dir_);
  if (!folder) return tl::unexpected(folder.error());
  discard();
  if (auto removed = remove_aside(state_dir_, *folder); !removed) return removed;
  std::error_code error;
  fs::create_directory(folder_, error);
  if (error) return fail("{}: {}", folder_, error.message());
  for (const char* name : kCopied) {
    if (!folder->has(name)) continue;
    const auto copied = folder->copy_out(name, folder_ + "/" + name, most);
    if (!copied) return tl::unexpected(copied.error());
    most -= *copied;
  }
  const auto own = Folder::open(folder_);
  return own ? own->sync() : tl::unexpected(own.error());
}

// A log or a mark never lies beside a database that is not its own: it goes first, and comes last.
Status DatabaseCopy::put_back(const std::string& version) {
  const auto folder = Folder::open(state_dir_);
  if (!folder) return tl::unexpected(folder.error());
  const std::string aside = kAside + version;
  // Set aside before an interruption: what is there now may be half of ours.
  if (!folder->has(aside)) {
    for (const char* companion : kCompanions) {
      if (auto moved = folder->rename(std::string(kDatabase) + companion, aside + companion); !moved) return moved;
    }
    if (auto moved = folder->rename(kDatabase, aside); !moved) return moved;
  }
  for (const char* companion : kCompanions) {
    if (auto removed = folder->remove(std::string(kDatabase) + companion); !removed) return removed;
  }
  for (const char* name : kCopied) {
    const std::string copy = folder_ + "/" + name;
    std::error_code ignored;
    if (!fs::exists(copy, ignored)) continue;
    if (auto copied = folder->copy_in(copy, name); !copied) return copied;
  }
  return {};
}

void DatabaseCopy::discard() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace aisle::update
