#include "agent/presence/smoothing.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "agent/presence/layout.hpp"

namespace aisle::presence {
namespace {

constexpr double kFence = 1.5;  // Tukey's k

}  // namespace

double quantile(std::span<const double> sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double robust_mean(std::span<double> values) {
  std::ranges::sort(values);
  if (values.size() < 4) return quantile(values, 0.5);
  const double q1 = quantile(values, 0.25);
  const double q3 = quantile(values, 0.75);
  const double reach = kFence * (q3 - q1);
  const auto first = std::ranges::lower_bound(values, q1 - reach);
  const auto last = std::ranges::upper_bound(values, q3 + reach);
  return std::accumulate(first, last, 0.0) / static_cast<double>(last - first);
}

SampleRing::SampleRing(std::size_t capacity) : capacity_(std::clamp<std::size_t>(capacity, 1, kMaxRing)) {}

void SampleRing::add(SteadyTime at, double rssi_dbm) {
  if (samples_.size() < capacity_) {
    samples_.push_back({at, rssi_dbm});
    return;
  }
  samples_[next_] = {at, rssi_dbm};
  next_ = (next_ + 1) % capacity_;
}

void SampleRing::improve(SteadyTime at, double rssi_dbm) {
  if (samples_.empty()) return add(at, rssi_dbm);
  // Until the ring is full `next_` is 0, and the newest the last.
  Sample& newest = samples_[(next_ + samples_.size() - 1) % samples_.size()];
  if (at - newest.at > kOneAdvert) return add(at, rssi_dbm);
  newest.rssi_dbm = std::max(newest.rssi_dbm, rssi_dbm);
}

Level SampleRing::level(SteadyTime now, Duration window) const {
  std::array<double, kMaxRing> values;
  std::size_t count = 0;
  for (const Sample& sample : samples_) {
    if (now - sample.at <= window) values[count++] = sample.rssi_dbm;
  }
  if (count == 0) return {};
  return {robust_mean(std::span(values).first(count)), static_cast<std::uint32_t>(count)};
}

}  // namespace aisle::presence
