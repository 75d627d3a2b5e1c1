// When a scanner listens. Pure.
#pragma once

#include "agent/base/time.hpp"

namespace aisle::rig {

// A scanner listens on one advertising channel for `window` at the start of each `interval` and takes the next of the
// three channels in the next interval; an advertiser sends the same advert on channels 37, 38 and 39 one after the
// other. Whether one of the three meets the open window: a scanner that always listens still misses those that it hops
// away from, 1 ms of every third interval; `since_start` is the time from the scan's start to the first.
[[nodiscard]] bool scanner_hears(Duration since_start, Duration interval, Duration window);

}  // namespace aisle::rig
