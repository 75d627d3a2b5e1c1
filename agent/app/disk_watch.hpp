// Says in the log that the disk takes no commits, and that it does again: once each, however often they are tried. On
// the core loop.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/base/log.hpp"
#include "agent/base/time.hpp"
#include "agent/store/store.hpp"

namespace aisle::app {

class DiskWatch {
 public:
  // Call it every second or so.
  void look(const store::StoreStats& stats, SteadyTime now, const Log& log);

 private:
  std::uint64_t failed_ = 0;                          // when it was last looked
  std::optional<SteadyTime> failed_at_;               // of a trouble that is not over
  std::uint64_t failed_before_ = 0, commits_at_ = 0;  // before it began; when a commit last failed
};

}  // namespace aisle::app
