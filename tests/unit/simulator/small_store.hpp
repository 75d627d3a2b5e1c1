// A store that the tests share: three zones, two gateways of which one is our own.
#pragma once

#include "ble/simulator/simulator.hpp"

namespace aisle::simulator::testing {

inline SimulatorOptions small_store(std::uint64_t seed = 7) {
  SimulatorOptions options;
  options.seed = seed;
  options.customers = 12;
  options.passers = 6;
  options.beacons = 3;
  options.start = UnixTime{seconds{1'740'000'000}};
  options.duration = seconds{1800};
  options.zones = {{"door", {"g1"}}, {"coffee", {"g2"}}, {"garden", {"g3"}}};
  options.own_gateway = "g1";
  return options;
}

}  // namespace aisle::simulator::testing
