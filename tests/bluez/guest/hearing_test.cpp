// A gateway with a real bluetoothd hears phones through a virtual controller.
#include <gtest/gtest.h>

#include <tuple>

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

// Which scanning commands the controller has, and whether it has BR/EDR too.
struct Kind {
  const char* name;
  bool extended;
  bool legacy;
  bool classic;
};
constexpr Kind kKinds[] = {{"legacy", false, true, false},
                           {"both", true, true, false},
                           {"extended", true, false, false},
                           {"dual", false, true, true}};

class Controllers : public testing::TestWithParam<std::tuple<const char*, Kind>> {};

TEST_P(Controllers, PhonesAreHeardThroughAnyKind) {
  const auto& [way, kind] = GetParam();
  auto options = options_of(way);
  options.controller.extended = kind.extended;
  options.controller.legacy = kind.legacy;
  options.controller.classic = kind.classic;
  World world(options);
  ASSERT_EQ(world.start(), "");
  Air air(world.controller());
  air.arrive({2});
  if (kind.extended) {
    Phone far{3};
    far.kind = PduKind::extended_nonconn;
    air.arrive(far);
  }
  const std::size_t phones = kind.extended ? 2 : 1;
  EXPECT_TRUE(eventually([&] { return world.shop().feed_of("zone.entered").size() == phones; })) << world.trouble();
  // And once more after its power was gone.
  world.controller().unplug();
  ASSERT_TRUE(world.reaches("no adapter")) << world.trouble();
  ASSERT_TRUE(world.controller().plug());
  EXPECT_TRUE(world.reaches("hearing")) << world.trouble();
  EXPECT_TRUE(world.hears_more()) << world.trouble();
  EXPECT_EQ(world.controller().state().malformed_commands, 0U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Controllers,
                         testing::Combine(testing::Values("bluez", "hci", "hci_passive"), testing::ValuesIn(kKinds)),
                         [](const auto& its) {
                           return std::string(std::get<0>(its.param)) + "_" + std::get<1>(its.param).name;
                         });

}  // namespace
}  // namespace aisle::rig
