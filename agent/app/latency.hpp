// The time from an advert's arrival to the commit of what it caused, over the last 4,096 of them.
#pragma once

#include <array>
#include <cstdint>

#include "agent/base/time.hpp"
#include "agent/model/event.hpp"

namespace aisle::app {

class LatencyLog {
 public:
  void add(Duration latency);
  // {"count", "p50_us", "p99_us", "max_us"}; the percentiles are null before the first.
  [[nodiscard]] Json to_json() const;

 private:
  std::array<std::int64_t, 4096> recent_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace aisle::app
