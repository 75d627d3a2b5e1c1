// Whether the clock can be relied on.
#pragma once

#include "agent/base/time.hpp"
#include "agent/doctor/finding.hpp"

namespace aisle::doctor {

struct ClockFacts {
  UnixTime now{};
  bool plausible = false;     // not before this software was made
  bool synchronised = false;  // as the kernel was told (adjtimex), which is what systemd-timedated says too
  bool waited_for = false;    // [time] trust = "synchronised"
};

[[nodiscard]] ClockFacts gather_clock(bool waited_for);
// "time.synchronised".
[[nodiscard]] Finding judge_clock(const ClockFacts& facts);

}  // namespace aisle::doctor
