// Adverts of a phone that stands somewhere, with a made-up spread.
#pragma once

#include <vector>

#include "agent/base/random.hpp"
#include "agent/calibrate/levels.hpp"

namespace aisle::calibrate {

inline SteadyTime at(double t) {
  return SteadyTime{Duration{static_cast<std::int64_t>(t * 1e6)}};
}

// Four adverts a second around `rssi`, each up to `spread` dB off.
inline std::vector<Sample> standing(double rssi, int spread, int count, std::uint64_t seed = 1) {
  SeededRandom random(seed);
  std::vector<Sample> out;
  for (int i = 0; i < count; ++i) {
    const int off = static_cast<int>(random.next() % static_cast<unsigned>(2 * spread + 1)) - spread;
    out.push_back({at(1 + i * 0.25), rssi + off});
  }
  return out;
}

inline std::vector<double> levels(const std::vector<Sample>& samples) {
  return smoothed_levels(samples, {}, 3);
}

}  // namespace aisle::calibrate
