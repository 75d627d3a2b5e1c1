// Runs the daemon, and again in the same process where it asks to go on with another configuration.
#pragma once

#include <functional>

#include "agent/app/daemon.hpp"

namespace aisle::app {

struct Signals {
  int fd = -1;                         // readable when there is one
  std::function<void(Daemon&)> taken;  // reads it and does what it says
};

// Returns the exit code. A configuration that is being tried and cannot even be started is rolled back.
[[nodiscard]] int run_daemon(DaemonOptions options, const Signals& signals, const Clock& clock, Random& random,
                             const Log& log);

}  // namespace aisle::app
