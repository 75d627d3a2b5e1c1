// How long the core loop was held, and how long an urgent commit waited.
#pragma once

#include <cstdint>

#include "agent/base/loop.hpp"
#include "agent/store/store.hpp"

namespace aisle::bench {

// A timer every 2 ms that comes late says how long the loop was held: by the wall, and by the CPU time that its thread
// used meanwhile (on a machine that is not idle the first contains the others' work). Of a commit every 20 ms, by the
// wall, how long it took.
class Probe {
 public:
  Probe(Loop& loop, const Clock& clock, store::Store& store) : loop_(loop), clock_(clock), store_(store) {}
  // Runs until `stop`.
  void start();
  void stop() { running_ = false; }
  // Prints what was found since the last time, under a name.
  void report(const char* phase);

 private:
  struct Found {
    double wall_ms = 0, cpu_ms = 0, commit_ms = 0;
    std::uint64_t over_20_cpu = 0, over_20_wall = 0, looks = 0, commits = 0, slow_commits = 0;
  };
  void look();
  void commit();

  Loop& loop_;
  const Clock& clock_;
  store::Store& store_;
  bool running_ = false;
  SteadyTime at_{}, began_{};
  double cpu_ = 0;
  Found found_;
};

}  // namespace aisle::bench
