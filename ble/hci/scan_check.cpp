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

bool ScanCheck::scans(const ScanWatch& watch, SteadyTime heard_at, SteadyTime now) const {
  // An advert that came later than the news says more than the news: packets may be lost.
  return watch.scan(now) == Scan::on || heard_at > std::max(watch.since(), begun_);
}

Remedy ScanCheck::look(const ScanWatch& watch, SteadyTime heard_at, bool passive, SteadyTime now) {
  if (scans(watch, heard_at, now)) {
    failed_ = false;
    patience_ = kPatience;
    return Remedy::none;
  }
  const Scan scan = watch.scan(now);
  if (scan == Scan::unknown && !passive) return Remedy::none;
  const Duration grace = scan == Scan::off ? kInquiry : kGrace;
  if (!failed_ && now - std::max(watch.since(), begun_) < grace) return Remedy::none;
  if (scan == Scan::unknown) {
    // The scan may have begun before we looked. A new one is seen.
    if (asked_ == SteadyTime{}) return seek(now);
    if (now - asked_ < kGrace) return Remedy::none;
  }
  fail(watch, now);
  return seek(now);
}

void ScanCheck::fail(const ScanWatch& watch, SteadyTime now) {
  scan_ = watch.scan(now);
  status_ = watch.status();
  if (std::exchange(failed_, true)) return;
  failed_at_ = now;
  ++failures_;
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
  if (scan_ == Scan::unanswered) return "the controller does not answer when it is asked to scan";
  return "the kernel does not let the controller scan; LE may be switched off (`btmgmt le on`)";
}

}  // namespace aisle::hci
