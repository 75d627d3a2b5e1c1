// The recent RSSI samples of one customer at one receiver, and their robust mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/base/time.hpp"

namespace aisle::presence {

// A customer's level at one receiver at one moment.
struct Level {
  double rssi_dbm = 0;
  std::uint32_t samples = 0;  // 0: not heard within the window, and no level
};

// Interpolated linearly between the values on both sides; at least one.
[[nodiscard]] double quantile(std::span<const double> sorted, double p);

// Fewer than 4 values: their median. Otherwise the mean of those inside the Tukey fence, from Q1 - 1.5 IQR to
// Q3 + 1.5 IQR, quartiles interpolated linearly. Sorts `values` in place; they must be finite and at least one.
[[nodiscard]] double robust_mean(std::span<double> values);

// Keeps the last `capacity` samples. Times must not decrease.
class SampleRing {
 public:
  static constexpr Duration kOneAdvert = milliseconds(20);  // over its three channels

  explicit SampleRing(std::size_t capacity);
  void add(SteadyTime at, double rssi_dbm);
  // What the newest sample measured, measured again; the stronger counts, for bodies and shelves only weaken it. Where
  // the newest is older than kOneAdvert it is a sample of its own.
  void improve(SteadyTime at, double rssi_dbm);
  // Over the samples no older than `window` at `now`.
  [[nodiscard]] Level level(SteadyTime now, Duration window) const;

 private:
  struct Sample {
    SteadyTime at;
    double rssi_dbm;
  };
  std::size_t capacity_;
  std::size_t next_ = 0;  // where the next sample goes once the ring is full
  std::vector<Sample> samples_;
};

}  // namespace aisle::presence
