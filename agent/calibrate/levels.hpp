// What one receiver heard of one device in one place, as presence would have seen it. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/base/time.hpp"

namespace aisle::calibrate {

struct Sample {
  SteadyTime at{};
  double rssi_dbm = 0;  // known: never 127, 0 or -127
  bool louder = false;  // the sample before, at another adapter of the receiver
};

// How presence smooths.
struct Smoothing {
  Duration window = seconds{15};
  std::uint32_t samples = 8;
};

// The level after each sample, where there were `min_samples` by then: what presence compares with the thresholds.
// Times must not decrease. Sorted.
[[nodiscard]] std::vector<double> smoothed_levels(std::span<const Sample> samples, const Smoothing& smoothing,
                                                  std::uint32_t min_samples);

struct Spread {
  std::size_t levels = 0;
  double low = 0, median = 0, high = 0;  // the 10th, 50th and 90th of a hundred; 0 where there are no levels
};
[[nodiscard]] Spread spread_of(std::span<const double> sorted_levels);

// The share of levels below the threshold, 0 to 1; 0 where there are none.
[[nodiscard]] double share_below(std::span<const double> sorted_levels, double threshold);

}  // namespace aisle::calibrate
