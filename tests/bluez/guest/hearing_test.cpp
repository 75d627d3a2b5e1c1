// A gateway with a real bluetoothd hears phones through a virtual controller.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
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

// What `aislectl scan` shows of two phones: their aliases.
std::set<std::string> scanned(World& world) {
  const auto& site = world.shop().site;
  const auto done = site.ctl_here({"scan", "--config", site.file("aisle.toml"), "--json", "--kind", "aisle_token",
                                   "--count", "12", "--seconds", "30"});
  EXPECT_EQ(done.exit, 0) << done.err;
  std::set<std::string> out;
  for (const auto& line : e2e::parse_lines(done.out)) {
    EXPECT_EQ(line["receiver"], "g1") << line;
    out.insert(line["device"].get<std::string>());
  }
  return out;
}

TEST(Hearing, AScanShowsThePhonesWithAndWithoutADaemon) {
  World world;
  setenv("DBUS_SYSTEM_BUS_ADDRESS", world.bus().address().c_str(), 1);
  ASSERT_EQ(world.start(), "");
  Air air(world.controller());
  air.arrive({1});
  air.arrive({2});
  EXPECT_EQ(scanned(world).size(), 2U) << "what the daemon hears";
  world.aisled().kill_hard();
  EXPECT_EQ(scanned(world).size(), 2U) << "through bluetoothd itself";
  unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
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
