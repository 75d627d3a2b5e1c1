#include "agent/store/room.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>

namespace aisle::store {
namespace {

// With so much nothing is looked at: the log is cut back to 8 MiB, and one transaction is smaller than that.
constexpr std::uint64_t kPlenty = std::uint64_t{64} << 20U;
// Of the log: some hundred rows can be deleted with it, and then the next ones.
constexpr std::uint64_t kLogRoom = std::uint64_t{1} << 20U;
constexpr std::uint64_t kSlack = std::uint64_t{64} << 10U;  // pages that are split, and the file system's own

std::uint64_t beyond(std::uint64_t wanted, std::uint64_t there) {
  return wanted - std::min(wanted, there);
}

}  // namespace

Result<Room::Need> Room::need(std::uint64_t bytes, bool log_is_free) {
  const auto page_size = db_.integer("PRAGMA page_size");
  const auto pages = db_.integer("PRAGMA page_count");
  const auto free_pages = db_.integer("PRAGMA freelist_count");
  for (const auto* value : {&page_size, &pages, &free_pages})
    if (!*value) return tl::unexpected(value->error());
  const auto sizes = db_.file_sizes();
  const std::uint64_t rows = bytes + bytes / 4 + kSlack;  // pages are not full
  const auto unit = static_cast<std::uint64_t>(*page_size);
  Need need;
  need.database = beyond(static_cast<std::uint64_t>(*pages) * unit, sizes.database) +
                  beyond(rows, static_cast<std::uint64_t>(*free_pages) * unit);
  need.log = beyond(rows + kLogRoom, log_is_free ? sizes.log : 0);
  return need;
}

Status Room::check(std::uint64_t bytes) {
  const auto free = free_bytes_();
  if (!free || *free >= kPlenty + bytes * 4) return {};
  auto wanted = need(bytes, false);
  if (!wanted) return tl::unexpected(wanted.error());
  if (*free >= wanted->database + wanted->log) return {};
  const Status restarted = db_.restart_log();
  const auto left = free_bytes_();
  wanted = need(bytes, restarted.has_value());
  if (!wanted) return tl::unexpected(wanted.error());
  if (!left || *left >= wanted->database + wanted->log) return {};
  return fail("the disk is almost full: {} KiB are free, {} are needed", *left >> 10U,
              (wanted->database + wanted->log) >> 10U);
}

std::optional<std::uint64_t> free_bytes_beside(const std::string& path) {
  struct statvfs info {};
  const auto folder = std::filesystem::path(path).parent_path();
  if (::statvfs(folder.empty() ? "." : folder.c_str(), &info) != 0) return std::nullopt;
  return std::uint64_t{info.f_bavail} * info.f_frsize;
}

}  // namespace aisle::store
