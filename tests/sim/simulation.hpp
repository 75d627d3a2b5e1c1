// A simulated store from one seed: hours of customers and faults, then quiet, then the verdict.
#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/process.hpp"

namespace aisle::sim {

struct Options {
  std::uint64_t seed = 1;
  double hours = 6;
  double faults_per_hour = 0;  // 0: as the seed says, from 1 to 12
  bool sealed = false;         // the store rests encrypted
  bool trace = false;          // print every step that a person reads
  Plants plants;
};

struct Report {
  std::string breach;  // of the promise; empty: kept
  std::uint64_t hash = 0, steps = 0;
  double hours = 0;
  std::uint64_t events = 0, delivered = 0, duplicates = 0, listed = 0;
  std::uint64_t faults = 0, starts = 0, crashes = 0, power_cuts = 0, disk_failures = 0;
};

[[nodiscard]] Report run(const Options& options);

// For a person: the command that repeats it and what was found.
[[nodiscard]] std::string describe(const Options& options, const Report& report);

}  // namespace aisle::sim
