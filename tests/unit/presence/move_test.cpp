#include <gmock/gmock.h>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<ZoneSpec> two_zones() {
  return {zone("coffee", {"g1"}), zone("tea", {"g2"})};
}

TEST(Move, LeavesBeforeItEntersAtTheSameAdvert) {
  World world(two_zones());
  world.see_from_to(0, 2, -66, "g1");
  world.told();
  world.see_from_to(3, 5, -60, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @5", "c enter tea @5"));
}

TEST(Move, LeavesInAllLayersBeforeItEntersInAny) {
  auto zones = two_zones();
  zones[1].layer = "shelves";
  zones.push_back(zone("till", {"g2"}));  // of the floor, as coffee is
  World world(zones);
  world.see_from_to(0, 2, -66, "g1");
  EXPECT_THAT(world.told(), ElementsAre("c start @2", "c enter coffee @2"));
  world.see_from_to(3, 5, -60, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @5", "c enter till @5", "c enter tea @5"));
}

TEST(Move, NeedsTheMargin) {
  World world(two_zones());
  world.see_from_to(0, 2, -64, "g1");
  world.told();
  for (int t = 3; t < 12; ++t) {
    world.see(t, -64, "g1");
    world.see(t, -60.5, "g2");
  }
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST(Move, HappensAtExactlyTheMargin) {
  World world(two_zones());
  world.see_from_to(0, 2, -64, "g1");
  world.told();
  world.see_from_to(3, 5, -60, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @5", "c enter tea @5"));
}

TEST(Move, NeedsTheChallengerToSatisfyItsOwnEntry) {
  World world(two_zones());
  world.see_from_to(0, 2, -60, "g1");
  world.told();
  for (int t = 20; t < 30; ++t) {  // coffee fades to 6 dB below its entry, tea is still below its own
    world.see(t, -74, "g1");
    world.see(t, -69, "g2");
  }
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST(Move, NeedsNoMarginWhenThePresentZoneHasNoSamplesLeft) {
  World world(two_zones());
  world.see_from_to(0, 2, -50, "g1");
  world.told();
  world.see_from_to(10, 17, -67, "g2");  // at 17 the sample of 2 is still in the window
  EXPECT_THAT(world.told(), IsEmpty());
  world.see(18, -67, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @18", "c enter tea @18"));
}

TEST(Move, DoesNotFlapWithoutAMargin) {
  PresenceOptions options;
  options.zone_margin_db = 0;
  World world({zone("coffee", {"g1"}), zone("tea", {"g1"})}, options);
  world.see_from_to(0, 20, -60, "g1");
  EXPECT_THAT(world.told(), ElementsAre("c start @2", "c enter coffee @2"));
}

TEST(Move, IsPossibleWhenThePresentZoneFades) {
  World world(two_zones());
  world.see_from_to(0, 2, -60, "g1");
  world.see_from_to(8, 15, -67, "g2");
  world.told();
  world.see_from_to(20, 22, -80, "g1");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @20", "c enter tea @20"));
}

TEST(Move, OfOneLayerLeavesTheOthersAlone) {
  ZoneSpec whole = zone("whole", {"g1", "g2"}, -90, -95);
  whole.layer = "building";
  auto zones = two_zones();
  zones.push_back(whole);
  World world(zones);
  world.see_from_to(0, 2, -66, "g1");
  world.told();
  world.see_from_to(3, 5, -60, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @5", "c enter tea @5"));
}

}  // namespace
}  // namespace aisle::presence::test
