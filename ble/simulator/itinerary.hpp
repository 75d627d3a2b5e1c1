// Where a person is at which time.
#pragma once

#include <vector>

#include "agent/base/random.hpp"
#include "ble/simulator/floor_plan.hpp"

namespace aisle::simulator {

// Straight and even from one place to another, or standing; microseconds since the start of the simulation, half-open.
struct Leg {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
  Point from;
  Point to;
  [[nodiscard]] Point at(std::int64_t time_us) const;
};

// A stay in a zone, standing near one of its receivers.
struct Standing {
  std::size_t zone = 0;
  std::size_t receiver = 0;
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
};

struct Itinerary {
  std::vector<std::vector<Leg>> trips;  // each without gaps; time rises
  std::vector<Standing> standings;
};

// A customer: most visit two to five zones, some of them twice, some only walk past outside.
[[nodiscard]] Itinerary customer_itinerary(const SimulatorOptions& options, const FloorPlan& plan, std::uint32_t index);
// Somebody without the app: every other one walks past outside, the others do as customers do.
[[nodiscard]] Itinerary passer_itinerary(const SimulatorOptions& options, const FloorPlan& plan, std::uint32_t index);

}  // namespace aisle::simulator
