#include <gmock/gmock.h>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Dwell, FiresAtTheFirstAdvertAtOrAfterEachStep) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 310, -60);
  EXPECT_THAT(world.told(),
              ElementsAre("c start @2", "c enter coffee @2", "c dwell coffee 60 @62", "c dwell coffee 300 @302"));
}

TEST(Dwell, IsNotClaimedForSomeoneSilent) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 50, -60);
  world.told();
  world.silence_until(70);
  EXPECT_THAT(world.told(), IsEmpty());
  world.see(75, -60);
  EXPECT_THAT(world.told(), ElementsAre("c dwell coffee 60 @75"));
}

TEST(Dwell, FiresPassedStepsInOrder) {
  ZoneSpec coffee = zone("coffee", {"g1"});
  coffee.dwell = {seconds{20}, seconds{5}, seconds{10}};
  World world({coffee});
  world.see_from_to(0, 2, -60);
  world.told();
  world.see(30, -60);
  EXPECT_THAT(world.told(), ElementsAre("c dwell coffee 5 @30", "c dwell coffee 10 @30", "c dwell coffee 20 @30"));
}

TEST(Dwell, StartsAnewWithEachStay) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 50, -60);
  world.silence_until(100);
  world.told();
  world.see_from_to(100, 165, -60);
  EXPECT_THAT(world.told(), ElementsAre("c enter coffee @102", "c dwell coffee 60 @162"));
}

TEST(Dwell, NeedsAnAdvertAtAReceiverOfTheZone) {
  World world({zone("coffee", {"g1"}), zone("tea", {"g2"})});
  world.see_from_to(0, 55, -60, "g1");
  world.told();
  world.see_from_to(56, 70, -90, "g2");
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST(StayDue, ComesAtTheFirstAdvertAtOrAfterItOnceAndAfterTheDwell) {
  World world({zone("coffee", {"g1"})});
  world.recorder.ask_after = seconds{60};
  world.see_from_to(0, 61, -60);
  world.told();
  world.see_from_to(62, 70, -60);
  EXPECT_THAT(world.told(), ElementsAre("c dwell coffee 60 @62", "c due coffee @62"));
  EXPECT_TRUE(world.recorder.due_was_reset);
}

TEST(StayDue, IsAskedOncePerAdvertEvenWhenSetToNow) {
  World world({zone("coffee", {"g1"})});
  world.recorder.ask_after = seconds{5};
  world.recorder.ask_again = true;
  world.see_from_to(0, 6, -60);
  world.told();
  world.see(7, -60);
  world.see(8, -60);
  EXPECT_THAT(world.told(), ElementsAre("c due coffee @7", "c due coffee @8"));
}

TEST(StayDue, SetToTheEntryItselfComesAtTheEntry) {
  World world({zone("coffee", {"g1"})});
  world.recorder.ask_after = seconds{0};
  world.see_from_to(0, 3, -60);
  EXPECT_THAT(world.told(), ElementsAre("c start @2", "c enter coffee @2", "c due coffee @2"));
}

}  // namespace
}  // namespace aisle::presence::test
