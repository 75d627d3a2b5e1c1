// What to simulate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/time.hpp"

namespace aisle::simulator {

struct SimZone {
  std::string id;
  std::vector<std::string> receivers;  // gateway ids; two zones may share some
};

struct SimulatorOptions {
  std::uint64_t seed = 1;
  std::uint32_t customers = 10;  // with the app
  std::uint32_t passers = 10;    // phones without it
  std::uint32_t beacons = 3;     // iBeacons, Eddystone-TLM and BTHome sensors in turn
  UnixTime start{};              // not before 1970
  seconds duration{3600};
  std::vector<SimZone> zones;  // without any, own_gateway alone listens
  std::string own_gateway;     // when it is the only receiver, adverts name none
};

}  // namespace aisle::simulator
