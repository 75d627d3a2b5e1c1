#include "ble/simulator/floor_plan.hpp"

#include <algorithm>

namespace aisle::simulator {
namespace {

constexpr std::int64_t kCell = 10'000;
constexpr std::int64_t kMainAisle = -5'000;

// The corridor below the row that a point lies in.
std::int64_t corridor_of(Point p) {
  const std::int64_t row = std::max<std::int64_t>(0, p.y + kCell / 2) / kCell;
  return row * kCell - kCell / 2;
}

}  // namespace

FloorPlan::FloorPlan(const SimulatorOptions& options) {
  for (const SimZone& zone : options.zones) {
    Zone placed{zone.id, {}};
    for (const std::string& gateway : zone.receivers) placed.receivers.push_back(receiver_index(gateway));
    if (!placed.receivers.empty()) zones_.push_back(std::move(placed));
  }
  if (receivers_.empty()) receiver_index(options.own_gateway);
  std::size_t columns = 1;
  while (columns * columns < receivers_.size()) ++columns;
  for (std::size_t i = 0; i < receivers_.size(); ++i)
    receivers_[i].place = {static_cast<std::int64_t>(i % columns) * kCell,
                           static_cast<std::int64_t>(i / columns) * kCell};
}

std::size_t FloorPlan::receiver_index(const std::string& gateway) {
  const auto it =
      std::find_if(receivers_.begin(), receivers_.end(), [&](const Receiver& r) { return r.gateway == gateway; });
  if (it != receivers_.end()) return static_cast<std::size_t>(it - receivers_.begin());
  receivers_.push_back({gateway, {}});
  return receivers_.size() - 1;
}

std::vector<Point> FloorPlan::way(Point from, Point to) {
  const std::int64_t out = corridor_of(from);
  const std::int64_t in = corridor_of(to);
  std::vector<Point> corners{{from.x, out}};
  if (out != in) {
    corners.push_back({kMainAisle, out});
    corners.push_back({kMainAisle, in});
  }
  corners.push_back({to.x, in});
  corners.push_back(to);
  return corners;
}

}  // namespace aisle::simulator
