#include "ble/hci/scan_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aisle::hci {

using Scan = ScanWatch::Scan;

void ScanCheck::begin(SteadyTime now) {
  begun_ = now;
  asked_ = {};
}

void ScanCheck::forget(SteadyTime now) {
  begin(now);
  failed_ = false;
}

bool ScanCheck::scans(const ScanWatch& watch, SteadyTime heard_at) const {
  // An advert that came later than the news says more than the news: packets may be lost.
  return watch.scan() == Scan::on || heard_at > std::max(watch.since(), begun_);
}

Remedy ScanCheck::look(const ScanWatch& watch, SteadyTime heard_at, bool passive, SteadyTime now) {
  if (scans(watch, heard_at)) {
    failed_ = false;
    patience_ = kPatience;
    return Remedy::none;
  }
  if (watch.scan() == Scan::unknown && !passive) return Remedy::none;
  if (failed_ || now - std::max(watch.since(), begun_) >= kGrace) {
    // Nothing was seen: the scan may have begun before we looked. A new one is seen.
    if (watch.scan() == Scan::unknown && asked_ == SteadyTime{}) return seek(now);
    if (watch.scan() == Scan::unknown && now - asked_ < kGrace) return Remedy::none;
    if (!std::exchange(failed_, true)) {
      failed_at_ = now;
      ++failures_;
    }
    scan_ = watch.scan();
    status_ = watch.status();
    return seek(now);
  }
  return Remedy::none;
}

Remedy ScanCheck::seek(SteadyTime now) {
  if (failed_ && now - failed_at_ >= patience_) {
    failed_at_ = now;
    asked_ = now;
    patience_ = std::min<Duration>(2 * patience_, kLongestPatience);
    return Remedy::power_cycle;
  }
  if (asked_ != SteadyTime{} && now - asked_ < kRenew) return Remedy::none;
  asked_ = now;
  return Remedy::probe;
}

std::string ScanCheck::why() const {
  if (scan_ == Scan::refused) return fmt::format("the controller refuses to scan (HCI status 0x{:02x})", status_);
  return "the kernel does not let the controller scan; LE may be switched off (`btmgmt le on`)";
}

}  // namespace aisle::hci
