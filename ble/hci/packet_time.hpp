// From the kernel's time of a packet, which is wall clock time, to a moment on both clocks. Not thread-safe.
#pragma once

#include <algorithm>
#include <optional>

#include "agent/base/time.hpp"

namespace aisle::hci {

class PacketTime {
 public:
  // A packet that would have waited longer, or comes from the future, was stamped before the wall clock was set; it
  // counts as heard now. No receive buffer holds 10 s of adverts.
  static constexpr Duration kLongestWait = seconds(10);

  // `now`: both clocks, read after the packet came. Never goes back on the monotonic clock.
  Stamp stamp(std::optional<UnixTime> packet, Stamp now) {
    Duration waited = packet ? now.wall - *packet : Duration{0};
    if (waited < Duration{0} || waited > kLongestWait) waited = Duration{0};
    latest_ = std::max(latest_, now.mono - waited);
    return {latest_, now.wall - (now.mono - latest_)};
  }

 private:
  SteadyTime latest_{};
};

}  // namespace aisle::hci
