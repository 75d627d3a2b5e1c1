// Many gateways lose one broker at the same instant: how they come back, by the agent's own Session on a virtual clock.
#pragma once

#include <cstdint>

#include "agent/base/time.hpp"

namespace aisle::bench {

struct FleetSpec {
  int gateways = 10'000;
  seconds outage{0};        // nobody listens for so long
  int accepts_per_s = 200;  // afterwards the broker takes so many in any second; the others are told that it is busy
  bool says_busy = true;    // false: it does not answer them at all, and they give up after 15 s
  seconds retry_spread{60};
  seconds retry_max{300};
  std::uint64_t seed = 1;
};

struct FleetResult {
  int peak_attempts = 0;       // connects in the busiest second, from the loss on
  int peak_after_return = 0;   // the same, from the return of the broker on
  std::uint64_t attempts = 0;  // in all
  seconds half_back{0};        // since the return, until so many were online
  seconds most_back{0};        // 99 %
  seconds all_back{0};
};

[[nodiscard]] FleetResult simulate(const FleetSpec& spec);

}  // namespace aisle::bench
