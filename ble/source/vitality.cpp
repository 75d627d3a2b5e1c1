#include "ble/source/vitality.hpp"

#include <algorithm>

namespace aisle {
namespace {

// Public addresses and static random ones (two most significant bits 11) stay; private ones change in minutes
// (Core 5.4, Vol 6 Part B 1.3.2).
bool stays(const Address& address) {
  return !address.random || (address.bytes[0] & 0xC0U) == 0xC0U;
}

// Weight of one comparison: from nothing, kShared takes 146 of them, as three devices for 49 s.
constexpr double kComparison = 1.0 / 64;
// An advert this young says that the radio hears.
constexpr Duration kAlive = seconds(2);

}  // namespace

VitalityCounters operator+(const VitalityCounters& a, const VitalityCounters& b) {
  return {a.probes + b.probes, a.restarts + b.restarts, a.power_cycles + b.power_cycles, a.reports + b.reports,
          a.recovered + b.recovered};
}

void append_vitality(SourceStatus& status, const VitalityCounters& counters) {
  status.counters.insert(status.counters.end(), {{"scan_probes", counters.probes},
                                                 {"scan_restarts", counters.restarts},
                                                 {"power_cycles", counters.power_cycles},
                                                 {"mute_reports", counters.reports},
                                                 {"mute_recoveries", counters.recovered}});
}

void Vitality::heard(const Address& address, SteadyTime now, Dbm rssi) {
  last_heard_ = now;
  recent_.heard(address, rssi, now);
  if (stage_ != Stage::trusted) {
    stage_ = Stage::trusted;
    ++counters_.recovered;
  }
  if (!stays(address)) return;
  Device& device = devices_[address_slot(address, devices_.size())];
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
  // A probe does not end a silence: what fell silent before it still counts.
  const bool probed = probed_at_ > scanning_since_ && now - probed_at_ < kGap;
  if (on && !scanning_ && !probed) scanning_since_ = now;
  scanning_ = on;
}

void Vitality::consider(std::span<const Testimony> others, SteadyTime now) {
  missed_ = 0;
  if (!scanning_) return;
  compare(others, now);
  // An address counts once, however many radios hear it; more than kProof are not needed.
  std::array<Address, kProof> missed{};
  for (const auto& testimony : others) {
    if (missed_ == kProof) return;
    const auto end = missed.begin() + static_cast<std::ptrdiff_t>(missed_);
    if (!ought_to_be_heard(testimony) || std::find(missed.begin(), end, testimony.device.address) != end) continue;
    missed.at(missed_++) = testimony.device.address;
  }
}

// Learns whether what is near to the others is near to us: only while we hear, for a mute radio learns nothing.
void Vitality::compare(std::span<const Testimony> others, SteadyTime now) {
  if (suspected() || now - last_heard_ > kAlive) return;
  for (const auto& testimony : others) {
    if (testimony.radio >= shared_.size()) continue;
    const RecentDevice& device = testimony.device;
    if (device.level_dbm < kNear || now - device.newest() > kAlive || now - device.third_newest() > kGap) continue;
    const RecentDevice* here = recent_.find(device.address);
    const bool too = here != nullptr && here->level_dbm >= kPresent && now - here->newest() <= kGap;
    double& share = shared_.at(testimony.radio);
    share += ((too ? 1.0 : 0.0) - share) * kComparison;
  }
}

bool Vitality::shares_surroundings(std::size_t radio) const {
  return radio < shared_.size() && shared_.at(radio) >= kShared;
}

bool Vitality::ought_to_be_heard(const Testimony& testimony) const {
  const RecentDevice& device = testimony.device;
  // Three adverts: one or two may be lost to anybody.
  if (device.third_newest() <= silent_since()) return false;
  const RecentDevice* here = recent_.find(device.address);
  if (here != nullptr && here->level_dbm >= kPresent && silent_since() - here->newest() <= kGap) return true;
  return device.level_dbm >= kNear && (testimony.same_receiver || shares_surroundings(testimony.radio));
}

const char* Vitality::find_proof() const {
  if (fell_silent_together() >= kProof) return "fixed devices of the store fell silent together";
  if (missed_ >= kProof) return "another radio of this gateway hears devices that this one ought to hear";
  return nullptr;
}

Remedy Vitality::check(SteadyTime now) {
  if (!scanning_) return Remedy::none;
  const Remedy what = look(now);
  return what == Remedy::none && stage_ == Stage::trusted ? probe_when_due(now) : what;
}

Remedy Vitality::probe_when_due(SteadyTime now) {
  if (now - std::max({last_heard_, scanning_since_, probed_at_}) < probe_after_) return Remedy::none;
  probed_at_ = now;
  ++counters_.probes;
  return Remedy::probe;
}

Remedy Vitality::look(SteadyTime now) {
  switch (stage_) {
    case Stage::trusted: {
      const char* proof = now - silent_since() < kSilence ? nullptr : find_proof();
      if (proof == nullptr) return Remedy::none;
      proof_ = proof;
      suspected_at_ = now;
      return advance(Stage::restarted, Remedy::restart_scan, now);
    }
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
    forget();
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

void Vitality::forget() {
  devices_.fill({});
  recent_.clear();
  shared_ = {};
  missed_ = 0;
  stage_ = Stage::trusted;
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
