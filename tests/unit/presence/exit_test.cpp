#include <gmock/gmock.h>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Exit, HappensAtTheAdvertThatBringsEveryReceiverBelowExit) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60);
  world.told();
  world.see_from_to(20, 21, -80);  // the window holds only these
  EXPECT_THAT(world.told(), IsEmpty());
  world.see(22, -80);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @22"));
}

TEST(Exit, DoesNotHappenBetweenTheThresholds) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60);
  world.told();
  world.see_from_to(20, 40, -76);
  EXPECT_THAT(world.told(), IsEmpty());
  world.see_from_to(60, 62, -76.5);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @62"));
}

// The visit goes on under them.
TEST(Exit, FollowsThresholdsThatChange) {
  World world({zone("coffee", {"g1"}), zone("wine", {"g2"})});
  world.see_from_to(0, 2, -60);
  world.told();
  world.presence.set_thresholds({zone("coffee", {"g1"}, -50, -58), zone("wine", {"g2"})});
  EXPECT_THAT(world.told(), IsEmpty());
  world.see(3, -60);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @3"));
  world.presence.set_thresholds({zone("coffee", {"g1"}, -70, -78), zone("wine", {"g2"})});
  world.see(4, -60);
  EXPECT_THAT(world.told(), ElementsAre("c enter coffee @4"));
}

TEST(Exit, NeedsEveryReceiverBelow) {
  World world({zone("coffee", {"g1", "g2"})});
  world.see_from_to(0, 2, -60, "g1");
  world.told();
  for (int t = 20; t < 40; ++t) {
    world.see(t, -90, "g1");
    world.see(t, -70, "g2");
  }
  EXPECT_THAT(world.told(), IsEmpty());
  world.see_from_to(60, 62, -90, "g1");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @62"));
}

TEST(Exit, CarriesTheEvidenceThatEndedTheStay) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60);
  world.see_from_to(20, 22, -80);
  ASSERT_EQ(world.recorder.exit_evidences.size(), 1U);
  EXPECT_DOUBLE_EQ(world.recorder.exit_evidences[0].rssi_dbm, -80);
}

TEST(Exit, BySilenceIsNoticedAfterExitAfterAndStampedAtTheLastAdvert) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 5, -60);
  world.told();
  EXPECT_DOUBLE_EQ(world.next_deadline(), 35);
  world.silence_until(34.999);
  EXPECT_THAT(world.told(), IsEmpty());
  world.silence_until(35);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @5"));
}

TEST(Exit, BySilenceRunsBeforeALaterAdvertIsLookedAt) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 5, -60);
  world.told();
  world.see_from_to(100, 102, -60);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @5", "c enter coffee @102"));
}

TEST(Exit, IsPutOffByAnAdvertAtAnyReceiverOfTheZone) {
  World world({zone("coffee", {"g1", "g2"})});
  world.see_from_to(0, 2, -60, "g1");
  world.told();
  world.see(25, -90, "g2");
  world.silence_until(54);
  EXPECT_THAT(world.told(), IsEmpty());
  world.silence_until(55);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @25"));
}

TEST(Exit, IsNotPutOffByAdvertsAtOtherZonesReceivers) {
  World world({zone("coffee", {"g1"}), zone("tea", {"g2"})});
  world.see_from_to(0, 2, -60, "g1");
  world.told();
  world.see_from_to(3, 40, -90, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @2"));
}

TEST(Exit, UsesTheZonesOwnExitAfter) {
  ZoneSpec coffee = zone("coffee", {"g1"});
  coffee.exit_after = seconds{90};
  World world({coffee});
  world.see_from_to(0, 2, -60);
  world.told();
  world.silence_until(91.9);
  EXPECT_THAT(world.told(), IsEmpty());
  world.silence_until(92);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @2"));
}

TEST(Exit, OfSeveralCustomersComesInOrderOfDeadlineThenId) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60, "g1", "b");
  world.see_from_to(2, 4, -60, "g1", "z");
  world.see_from_to(4, 6, -60, "g1", "y");
  for (const auto* customer : {"q", "a", "p"}) {
    for (int i = 0; i < 3; ++i) world.see(6, -60, "g1", customer);
  }
  world.told();
  world.silence_until(100);
  EXPECT_THAT(world.told(), ElementsAre("b exit coffee @2", "z exit coffee @4", "a exit coffee @6", "p exit coffee @6",
                                        "q exit coffee @6", "y exit coffee @6"));
}

}  // namespace
}  // namespace aisle::presence::test
