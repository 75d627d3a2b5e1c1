// What the radio hears, for `aislectl scan` and `zones calibrate`: told by the running daemon, which has the adapter;
// or heard by ourselves from the configured source when none runs.
#pragma once

#include <memory>
#include <string>

#include "agent/cli/command.hpp"
#include "agent/scan/air_table.hpp"
#include "agent/scan/batch.hpp"

namespace aisle::cli {

class Air {
 public:
  virtual ~Air() = default;
  // What was heard since the last call; waits for it a tenth of a second, longer only for a daemon that is slow. Error:
  // it is over (the daemon has stopped), and why.
  virtual Result<scan::Batch> next() = 0;
  // Leaves out what came while nobody listened. False: nothing did, for the recording waits for us.
  virtual Result<bool> skip() = 0;
  // As presence smooths with the daemon's configuration.
  [[nodiscard]] virtual scan::Smoothing smoothing() const = 0;
  // "aisled" or the kind of our own source.
  [[nodiscard]] virtual std::string from() const = 0;
};

// Error: the daemon may not be asked, or none runs and the configuration or its source cannot be used.
Result<std::unique_ptr<Air>> open_air(const Common& common);

}  // namespace aisle::cli
