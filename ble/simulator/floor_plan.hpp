// Where the receivers stand and how one walks between them: a grid of cells of 10 m with a receiver in each middle,
// corridors halfway between the rows, a main aisle and the door on the left.
#pragma once

#include <string>
#include <vector>

#include "ble/simulator/options.hpp"
#include "ble/simulator/radio.hpp"

namespace aisle::simulator {

class FloorPlan {
 public:
  explicit FloorPlan(const SimulatorOptions& options);

  struct Receiver {
    std::string gateway;
    Point place;
  };
  struct Zone {
    std::string id;
    std::vector<std::size_t> receivers;  // indices, at least one
  };
  // In the order of the options, each gateway once; at least one.
  [[nodiscard]] const std::vector<Receiver>& receivers() const { return receivers_; }
  // Those of the options that have a receiver.
  [[nodiscard]] const std::vector<Zone>& zones() const { return zones_; }

  // The corners of the way from `from` to `to`, both inside, `to` included: parallel to the walls, along corridors, at
  // least 5 m from receivers that are not at either end.
  [[nodiscard]] static std::vector<Point> way(Point from, Point to);

  static constexpr Point kOutside = {-19'000, -5'000};
  // The street: nearest 14 m to a receiver.
  static constexpr Point kStreetBegin = {-25'000, -14'000};
  static constexpr Point kStreetEnd = {40'000, -14'000};

 private:
  std::size_t receiver_index(const std::string& gateway);

  std::vector<Receiver> receivers_;
  std::vector<Zone> zones_;
};

}  // namespace aisle::simulator
