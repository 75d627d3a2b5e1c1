// What systemd is told of us (sd_notify(3)); without a service manager that listens nothing is said. On any thread. A
// manager that does not read costs a second at most, and no sign of life any time.
#pragma once

#include <optional>
#include <string_view>

#include "agent/base/time.hpp"

namespace aisle {

class ServiceManager {
 public:
  // Someone listens: $NOTIFY_SOCKET.
  [[nodiscard]] bool listens() const;
  // How often it wants a sign of life, when this process is watched ($WATCHDOG_USEC, $WATCHDOG_PID).
  [[nodiscard]] std::optional<Duration> watchdog() const;

  // Started, or done with a reload. `status`: one line for a person, as all below.
  void ready(std::string_view status) const;
  void status(std::string_view status) const;
  // A reload begins at `now`; `ready` ends it.
  void reloading(SteadyTime now) const;
  void stopping() const;
  void alive() const;
};

}  // namespace aisle
