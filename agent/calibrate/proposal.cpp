#include "agent/calibrate/proposal.hpp"

#include <algorithm>
#include <cmath>

namespace aisle::calibrate {
namespace {

constexpr double kTrimmed = 0.05;
constexpr int kLowest = -119, kHighest = 20;  // what `enter_rssi` may be, with room for the exit below

std::size_t trimmed(std::span<const double> levels) {
  return static_cast<std::size_t>(static_cast<double>(levels.size()) * kTrimmed);
}

// Integers of equal cost in a row.
struct Run {
  int first = 0, last = 0;
  double cost = 2;
  [[nodiscard]] int middle() const { return first + (last - first) / 2; }
};

int best_threshold(std::span<const double> inside, std::span<const double> outside) {
  constexpr double kSame = 1e-9;
  inside = inside.subspan(trimmed(inside));
  outside = outside.first(outside.size() - trimmed(outside));
  const int from = static_cast<int>(std::floor(std::min(inside.front(), outside.front())));
  const int to = static_cast<int>(std::ceil(std::max(inside.back(), outside.back()))) + 1;
  Run best, run;
  for (int threshold = from; threshold <= to; ++threshold) {
    const double cost = share_below(inside, threshold) + 1 - share_below(outside, threshold);
    if (threshold == from || std::abs(cost - run.cost) > kSame) run = {threshold, threshold, cost};
    run.last = threshold;
    const bool longer = run.last - run.first > best.last - best.first;
    if (run.cost < best.cost - kSame || (run.cost < best.cost + kSame && longer)) best = run;
  }
  return best.middle();
}

const Place* loudest(std::span<const Place> places) {
  const Place* out = nullptr;
  for (const auto& place : places) {
    if (place.levels.size() < kLeastLevels) continue;
    if (out == nullptr || spread_of(place.levels).high > spread_of(out->levels).high) out = &place;
  }
  return out;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::separated:
      return "separated";
    case Verdict::overlapping:
      return "overlapping";
    case Verdict::no_outside:
      return "no_outside";
    case Verdict::too_few:
      break;
  }
  return "too_few";
}

Proposal propose(std::span<const double> inside, std::span<const Place> outside) {
  Proposal out;
  out.inside = spread_of(inside);
  if (inside.size() < kLeastLevels) return out;
  const Place* const place = loudest(outside);
  if (place == nullptr) {
    out.verdict = Verdict::no_outside;
    out.enter_rssi = std::clamp(static_cast<int>(std::floor(out.inside.low)) - kBodyAllowance, kLowest, kHighest);
    out.exit_rssi = out.enter_rssi - kMostHysteresis;
  } else {
    out.outside_name = place->name;
    out.outside = spread_of(place->levels);
    out.enter_rssi = std::clamp(best_threshold(inside, place->levels), kLowest, kHighest);
    const int above_most = static_cast<int>(std::floor(out.outside.high)) + 1;
    out.exit_rssi = std::clamp(above_most, out.enter_rssi - kMostHysteresis, out.enter_rssi - kLeastHysteresis);
    out.entering = 1 - share_below(place->levels, out.enter_rssi);
    out.staying = 1 - share_below(place->levels, out.exit_rssi);
  }
  out.missed = share_below(inside, out.enter_rssi);
  out.leaving = share_below(inside, out.exit_rssi);
  if (place != nullptr)
    out.verdict = out.missed <= kClear && out.entering <= kClear ? Verdict::separated : Verdict::overlapping;
  return out;
}

}  // namespace aisle::calibrate
