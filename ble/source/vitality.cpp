#include "ble/source/vitality.hpp"

#include <algorithm>

namespace aisle {
namespace {

// Public addresses and static random ones (two most significant bits 11) stay; private ones change in minutes
// (Core 5.4, Vol 6 Part B 1.3.2).
bool stays(const Address& address) {
  return !address.random || (address.bytes[0] & 0xC0U) == 0xC0U;
}

std::size_t slot_of(const Address& address, std::size_t slots) {
  std::uint64_t value = 0;
  for (const auto octet : address.bytes) value = value << 8U | octet;
  // Fibonacci hashing: the upper half of the product depends on every octet.
  return static_cast<std::size_t>((value * 0x9E3779B97F4A7C15ULL) >> 40U) % slots;
}

}  // namespace

void append_vitality(SourceStatus& status, const VitalityCounters& counters) {
  status.counters.insert(status.counters.end(), {{"scan_restarts", counters.restarts},
                                                 {"power_cycles", counters.power_cycles},
                                                 {"mute_reports", counters.reports},
                                                 {"mute_recoveries", counters.recovered}});
}

void Vitality::heard(const Address& address, SteadyTime now) {
  last_heard_ = now;
  heard_any_ = true;
  if (stage_ != Stage::trusted) {
    stage_ = Stage::trusted;
    ++counters_.recovered;
  }
  if (!stays(address)) return;
  Device& device = devices_[slot_of(address, devices_.size())];
  if (!device.used || !(device.address == address)) {
    // A settled device keeps its slot against any number of passing ones until it is gone itself.
    if (device.settled() && now - device.last < kSettled) return;
    device = {address, now, now, true};
    return;
  }
  if (now - device.last > kGap && now - scanning_since_ > kGap) device.first = now;
  device.last = now;
}

void Vitality::scanning(bool on, SteadyTime now) {
  if (on && !scanning_) scanning_since_ = now;
  scanning_ = on;
}

Remedy Vitality::check(SteadyTime now) {
  if (!scanning_ || !heard_any_) return Remedy::none;
  switch (stage_) {
    case Stage::trusted:
      if (now - std::max(last_heard_, scanning_since_) < kSilence || fell_silent_together() < kProof) {
        return Remedy::none;
      }
      suspected_at_ = now;
      return advance(Stage::restarted, Remedy::restart_scan, now);
    case Stage::restarted:
      if (now - stage_at_ < kAfterRestart) return Remedy::none;
      return advance(Stage::power_cycled, Remedy::power_cycle, now);
    case Stage::power_cycled:
      if (now - stage_at_ < kAfterPowerCycle) return Remedy::none;
      return advance(Stage::reported, Remedy::report, now);
    case Stage::reported:
      break;
  }
  if (now - suspected_at_ >= kForget) {
    devices_.fill({});
    stage_ = Stage::trusted;
    return Remedy::none;
  }
  return now - stage_at_ < kAgain ? Remedy::none : advance(Stage::reported, Remedy::power_cycle, now);
}

std::size_t Vitality::fixed_devices(SteadyTime now) const {
  return static_cast<std::size_t>(std::count_if(devices_.begin(), devices_.end(), [&](const Device& device) {
    return device.settled() && now - device.last <= kGap;
  }));
}

std::size_t Vitality::fell_silent_together() const {
  return fixed_devices(last_heard_);
}

Remedy Vitality::advance(Stage stage, Remedy remedy, SteadyTime now) {
  stage_ = stage;
  stage_at_ = now;
  if (remedy == Remedy::restart_scan) ++counters_.restarts;
  if (remedy == Remedy::power_cycle) ++counters_.power_cycles;
  if (remedy == Remedy::report) ++counters_.reports;
  return remedy;
}

}  // namespace aisle
