// When a scanner listens. Pure.
#pragma once

#include "agent/base/time.hpp"

namespace aisle::rig {

// An advertiser sends the same advert on three channels (37, 38, 39; here 0 to 2), one after the other at most 10 ms
// apart (Core 5.4, Vol 6 Part B 4.4.2.3); the radios change the channel in about this time from start to start.
inline constexpr int kChannels = 3;
inline constexpr Duration kChannelStep{500};

// A scanner listens on one channel for `window` at the start of each `interval` and takes the next channel in the next
// interval. Whether it hears the whole of what is on the air for `air_time` on `channel`; `since_start` is the time
// from the scan's start to its beginning.
[[nodiscard]] bool scanner_hears_on(int channel, Duration since_start, Duration air_time, Duration interval,
                                    Duration window);

// Whether one of the three adverts of 31 bytes is heard: a scanner that always listens still misses those that it hops
// away from, 1.4 ms of every third interval; `since_start` is the time from the scan's start to the first.
[[nodiscard]] bool scanner_hears(Duration since_start, Duration interval, Duration window);

}  // namespace aisle::rig
