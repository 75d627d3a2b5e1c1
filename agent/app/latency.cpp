#include "agent/app/latency.hpp"

#include <algorithm>
#include <vector>

namespace aisle::app {

void LatencyLog::add(Duration latency) {
  recent_[count_ % recent_.size()] = latency.count();
  max_ = std::max(max_, latency.count());
  ++count_;
}

Json LatencyLog::to_json() const {
  std::vector<std::int64_t> sorted(
      recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count_, recent_.size())));
  std::ranges::sort(sorted);
  const auto at = [&](std::size_t percent) {
    return sorted.empty() ? Json() : Json(sorted[(sorted.size() - 1) * percent / 100]);
  };
  return {{"count", count_}, {"p50_us", at(50)}, {"p99_us", at(99)}, {"max_us", count_ == 0 ? Json() : Json(max_)}};
}

}  // namespace aisle::app
