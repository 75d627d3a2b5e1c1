// The time since the machine was started, which nobody can set.
#pragma once

#include <string>

#include "agent/base/time.hpp"

namespace aisle::app {

class BootClock {
 public:
  virtual ~BootClock() = default;
  // Another one after every start of the machine; "" when nobody knows.
  [[nodiscard]] virtual std::string id() const = 0;
  [[nodiscard]] virtual Duration elapsed() const = 0;
};

// /proc/sys/kernel/random/boot_id and CLOCK_BOOTTIME.
class SystemBootClock final : public BootClock {
 public:
  [[nodiscard]] std::string id() const override;
  [[nodiscard]] Duration elapsed() const override;
};

// Of a process that is its own machine, as in tests: no id, the monotonic clock.
class SteadyBootClock final : public BootClock {
 public:
  explicit SteadyBootClock(const Clock& clock) : clock_(clock) {}
  [[nodiscard]] std::string id() const override { return {}; }
  [[nodiscard]] Duration elapsed() const override { return clock_.steady().time_since_epoch(); }

 private:
  const Clock& clock_;
};

}  // namespace aisle::app
