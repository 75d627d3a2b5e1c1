#include "tests/bluez/controller/scan_duty.hpp"

namespace aisle::rig {
namespace {

// Of a 31-byte advert.
constexpr Duration kAirTime{376};

}  // namespace

bool scanner_hears_on(int channel, Duration since_start, Duration air_time, Duration interval, Duration window) {
  if (interval.count() <= 0) return true;
  return since_start % interval + air_time <= window && since_start / interval % kChannels == channel;
}

bool scanner_hears(Duration since_start, Duration interval, Duration window) {
  for (int channel = 0; channel < kChannels; ++channel) {
    if (scanner_hears_on(channel, since_start + channel * kChannelStep, kAirTime, interval, window)) return true;
  }
  return false;
}

}  // namespace aisle::rig
