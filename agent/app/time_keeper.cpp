#include "agent/app/time_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace aisle::app {
namespace {

constexpr Duration kSlew = seconds{2};  // between two looks: more is a jump

}  // namespace

TimeKeeper::TimeKeeper(const Clock& system, const BootClock& boot, Trusted trusted)
    : system_(system), boot_(boot), trusted_(std::move(trusted)), booted_(system.now() - boot.elapsed()) {
  refresh();
}

void TimeKeeper::at_least(UnixTime seen) {
  if (!known_) booted_ = std::max(booted_, seen - boot_.elapsed());
}

Duration TimeKeeper::refresh() {
  const UnixTime system = system_.now();
  if (!trusted_(system)) return {};
  const Duration change = system - now();
  booted_ += change;
  const bool was_known = std::exchange(known_, true);
  if (std::chrono::abs(change) < kSlew) return {};
  if (was_known) ++jumps_;
  return change;
}

}  // namespace aisle::app
