#include "agent/calibrate/levels.hpp"

#include <algorithm>

#include "agent/presence/smoothing.hpp"

namespace aisle::calibrate {

std::vector<double> smoothed_levels(std::span<const Sample> samples, const Smoothing& smoothing,
                                    std::uint32_t min_samples) {
  // As the layout has it: a ring holds what the zone needs at least.
  presence::SampleRing ring(std::max(smoothing.samples, min_samples));
  std::vector<double> out;
  for (const auto& sample : samples) {
    sample.louder ? ring.improve(sample.at, sample.rssi_dbm) : ring.add(sample.at, sample.rssi_dbm);
    const auto level = ring.level(sample.at, smoothing.window);
    if (level.samples >= min_samples) out.push_back(level.rssi_dbm);
  }
  std::ranges::sort(out);
  return out;
}

Spread spread_of(std::span<const double> sorted_levels) {
  if (sorted_levels.empty()) return {};
  return {sorted_levels.size(), presence::quantile(sorted_levels, 0.1), presence::quantile(sorted_levels, 0.5),
          presence::quantile(sorted_levels, 0.9)};
}

double share_below(std::span<const double> sorted_levels, double threshold) {
  if (sorted_levels.empty()) return 0;
  const auto below = std::ranges::lower_bound(sorted_levels, threshold) - sorted_levels.begin();
  return static_cast<double>(below) / static_cast<double>(sorted_levels.size());
}

}  // namespace aisle::calibrate
