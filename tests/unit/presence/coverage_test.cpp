#include <gmock/gmock.h>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Coverage, IsUnknownWhileAnyReceiverIsDown) {
  World world({zone("coffee", {"g1", "g2"}), zone("tea", {"g2"}), zone("milk", {"g3"})});
  world.receiver(1, "g1", false);
  world.receiver(2, "g2", false);
  world.receiver(3, "g1", true);
  world.receiver(4, "g2", true);
  EXPECT_THAT(world.told(),
              ElementsAre("coffee is unknown @1", "tea is unknown @2", "coffee is up @4", "tea is up @4"));
}

TEST(Coverage, IgnoresRepeatedStatesAndUnknownReceivers) {
  World world({zone("coffee", {"g1"})});
  world.receiver(1, "g1", true);
  world.receiver(2, "elsewhere", false);
  world.receiver(3, "g1", false);
  world.receiver(4, "g1", false);
  EXPECT_THAT(world.told(), ElementsAre("coffee is unknown @3"));
}

TEST(Coverage, AnOutageIsNotALeaving) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 10, -60);
  world.receiver(11, "g1", false);
  world.told();
  world.silence_until(300);
  EXPECT_THAT(world.told(), IsEmpty());
  world.receiver(300, "g1", true);
  world.see_from_to(301, 310, -60);
  EXPECT_THAT(world.told(), ElementsAre("coffee is up @300", "c dwell coffee 60 @301", "c dwell coffee 300 @302"));
}

TEST(Coverage, SilenceStartsAnewWhenItReturns) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 10, -60);
  world.receiver(11, "g1", false);
  world.receiver(200, "g1", true);
  world.told();
  EXPECT_DOUBLE_EQ(world.next_deadline(), 230);
  world.silence_until(229);
  EXPECT_THAT(world.told(), IsEmpty());
  world.silence_until(230);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @10"));
  world.silence_until(610);
  EXPECT_THAT(world.told(), ElementsAre("c end left @10"));
}

TEST(Coverage, NoExitByThresholdWhileUnknown) {
  World world({zone("coffee", {"g1", "g2"})});
  world.see_from_to(0, 2, -60, "g1");
  world.receiver(3, "g1", false);
  world.told();
  world.see_from_to(20, 40, -90, "g2");
  EXPECT_THAT(world.told(), IsEmpty());
  world.receiver(41, "g1", true);
  world.see(42, -90, "g2");
  EXPECT_THAT(world.told(), ElementsAre("coffee is up @41", "c exit coffee @42"));
}

TEST(Coverage, AMoveToAnotherZoneIsSeenWhileUnknown) {
  World world({zone("coffee", {"g1"}), zone("tea", {"g2"})});
  world.see_from_to(0, 2, -60, "g1");
  world.receiver(3, "g1", false);
  world.told();
  world.see_from_to(30, 32, -60, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @32", "c enter tea @32"));
}

TEST(Coverage, AVisitThatRunsOutWhileUnknownIsLost) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 10, -60);
  world.receiver(11, "g1", false);
  world.told();
  EXPECT_DOUBLE_EQ(world.next_deadline(), 610);
  world.silence_until(610);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @10", "c end coverage_lost @10"));
}

TEST(Coverage, AVisitWhoseLastZoneWasLeftIsLostTooWhenThatZoneIsUnknown) {
  World world({zone("coffee", {"g1"}), zone("tea", {"g2"})});
  world.see_from_to(0, 10, -60);
  world.silence_until(50);
  world.receiver(60, "g1", false);
  world.told();
  world.silence_until(700);
  EXPECT_THAT(world.told(), ElementsAre("c end coverage_lost @10"));
}

TEST(Coverage, AnOutageElsewhereChangesNothing) {
  World world({zone("coffee", {"g1"}), zone("tea", {"g2"})});
  world.see_from_to(0, 10, -60);
  world.receiver(11, "g2", false);
  world.told();
  world.silence_until(700);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @10", "c end left @10"));
}

TEST(Coverage, AVisitWaitsExitAfterForACoverageThatJustReturned) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 10, -60);
  world.receiver(11, "g1", false);
  world.receiver(600, "g1", true);
  world.told();
  world.silence_until(629);
  EXPECT_THAT(world.told(), IsEmpty());
  world.silence_until(630);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @10", "c end left @10"));
}

TEST(Coverage, AnAdvertAfterTheReturnKeepsTheVisit) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 10, -60);
  world.receiver(11, "g1", false);
  world.receiver(600, "g1", true);
  world.told();
  world.see_from_to(615, 620, -60);
  world.silence_until(640);
  const auto told = world.told();
  EXPECT_THAT(told, ElementsAre("c dwell coffee 60 @615", "c dwell coffee 300 @615"));
}

}  // namespace
}  // namespace aisle::presence::test
