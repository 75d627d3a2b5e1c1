#include "agent/app/disk_watch.hpp"

#include <utility>

namespace aisle::app {
namespace {

// Commits are tried again after 10 s at most, and where there is little room a small one may succeed in between.
constexpr Duration kQuiet = seconds{15};

}  // namespace

void DiskWatch::look(const store::StoreStats& stats, SteadyTime now, const Log& log) {
  const std::uint64_t before = std::exchange(failed_, stats.failed_commits);
  if (failed_ > before) {
    if (!failed_at_) {
      failed_before_ = before;
      log.error(
          "events cannot be written to the disk, and wait in memory unsent: {}; make room, or see aislectl doctor",
          stats.last_error);
    }
    failed_at_ = now;
    commits_at_ = stats.commits;
  } else if (failed_at_ && stats.commits > commits_at_ && now - *failed_at_ >= kQuiet) {
    failed_at_.reset();
    log.warning("events are written to the disk again; commits that failed: {}", failed_ - failed_before_);
  }
}

}  // namespace aisle::app
