#include "tests/bluez/controller/scan_duty.hpp"

namespace aisle::rig {
namespace {

constexpr std::int64_t kChannels = 3;
// A 31-byte advert is 376 us on the air, and the radio then needs time to change the channel.
constexpr Duration kAirTime{376};
constexpr Duration kChannelStep{500};

}  // namespace

bool scanner_hears(Duration since_start, Duration interval, Duration window) {
  if (interval.count() <= 0) return true;
  for (std::int64_t channel = 0; channel < kChannels; ++channel) {
    const Duration at = since_start + channel * kChannelStep;
    const bool open = window >= interval || at % interval + kAirTime <= window;
    if (open && at / interval % kChannels == channel) return true;
  }
  return false;
}

}  // namespace aisle::rig
