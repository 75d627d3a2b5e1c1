// The agent's wall clock: runs on the boot clock, and takes the system's time over only in `refresh`, when it is good.
// So it never jumps by itself; while the time was never known it is an estimate. On the core loop.
#pragma once

#include <functional>
#include <optional>

#include "agent/app/boot_clock.hpp"

namespace aisle::app {

class TimeKeeper final : public Clock {
 public:
  using Trusted = std::function<bool(UnixTime system)>;
  // `seen`: the latest time that anything on the disk speaks of; an estimate does not begin before it.
  TimeKeeper(const Clock& system, const BootClock& boot, Trusted trusted);

  [[nodiscard]] SteadyTime steady() const override { return system_.steady(); }
  [[nodiscard]] UnixTime now() const override { return booted_ + boot_.elapsed(); }

  // While the time is not known: it is at least this.
  void at_least(UnixTime seen);
  // Looks at the system's clock. By how much our time jumped, when it did; slewing is followed without a word.
  Duration refresh();
  // The system's clock was good at some time since we began: from then on the boot clock tells the time.
  [[nodiscard]] bool known() const { return known_; }
  // The machine's start on our clock.
  [[nodiscard]] UnixTime booted() const { return booted_; }
  [[nodiscard]] const BootClock& boot() const { return boot_; }
  [[nodiscard]] std::uint64_t jumps() const { return jumps_; }

 private:
  const Clock& system_;
  const BootClock& boot_;
  Trusted trusted_;
  UnixTime booted_;
  bool known_ = false;
  std::uint64_t jumps_ = 0;  // of a time that was known
};

}  // namespace aisle::app
