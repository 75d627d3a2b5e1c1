// A gateway with a real bluetoothd hears phones through a virtual controller.
#include <gtest/gtest.h>

#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

TEST(Hearing, APhoneBecomesAVisitAZoneAndAnOffer) {
  World world;
  ASSERT_EQ(world.start(), "");
  Air air(world.controller());
  air.arrive({1});
  EXPECT_TRUE(eventually([&] { return !world.shop().feed_of("offer.decided").empty(); })) << world.trouble();
  const auto entered = world.shop().feed_of("zone.entered");
  ASSERT_EQ(entered.size(), 1U);
  EXPECT_EQ(entered[0]["data"]["customer_id"], "c-1");
  EXPECT_EQ(entered[0]["data"]["zone_id"], "coffee");
}

TEST(Hearing, WithExtendedScanning) {
  WorldOptions options;
  options.controller.extended = true;
  World world(options);
  ASSERT_EQ(world.start(), "");
  Air air(world.controller());
  air.arrive({2});
  EXPECT_TRUE(eventually([&] { return !world.shop().feed_of("zone.entered").empty(); })) << world.trouble();
}

}  // namespace
}  // namespace aisle::rig
