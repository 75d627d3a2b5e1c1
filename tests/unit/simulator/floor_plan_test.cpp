#include "ble/simulator/floor_plan.hpp"

#include <gtest/gtest.h>

#include "tests/unit/simulator/small_store.hpp"

namespace aisle::simulator {
namespace {

TEST(FloorPlan, EachGatewayOnceAndTenMetresApart) {
  SimulatorOptions options = testing::small_store();
  options.zones = {{"a", {"g1", "g2"}}, {"b", {"g2"}}, {"c", {"g3", "g4", "g5"}}, {"none", {}}};
  const FloorPlan plan(options);
  ASSERT_EQ(plan.receivers().size(), 5U);
  EXPECT_EQ(plan.zones().size(), 3U);
  EXPECT_EQ(plan.zones()[1].receivers, (std::vector<std::size_t>{1}));
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t k = i + 1; k < 5; ++k)
      EXPECT_GE(distance_squared(plan.receivers()[i].place, plan.receivers()[k].place), 100'000'000);
  }
}

TEST(FloorPlan, WithoutZonesOurOwnGatewayListens) {
  SimulatorOptions options = testing::small_store();
  options.zones.clear();
  const FloorPlan plan(options);
  ASSERT_EQ(plan.receivers().size(), 1U);
  EXPECT_EQ(plan.receivers()[0].gateway, "g1");
}

TEST(FloorPlan, WaysFollowTheWallsAndArrive) {
  for (const Point to : {Point{10'900, 9'500}, Point{400, -300}, Point{20'000, 21'000}}) {
    Point here = FloorPlan::kOutside;
    for (const Point corner : FloorPlan::way(here, to)) {
      EXPECT_TRUE(corner.x == here.x || corner.y == here.y);
      here = corner;
    }
    EXPECT_EQ(here, to);
  }
}

}  // namespace
}  // namespace aisle::simulator
