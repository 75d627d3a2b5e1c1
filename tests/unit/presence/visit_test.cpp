#include <gmock/gmock.h>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Visit, EndsVisitGapAfterTheLastAdvertAndIsStampedAtIt) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 10, -60);
  world.silence_until(609.9);
  EXPECT_THAT(world.told(), ElementsAre("c start @2", "c enter coffee @2", "c exit coffee @10"));
  EXPECT_DOUBLE_EQ(world.next_deadline(), 610);
  world.silence_until(610);
  EXPECT_THAT(world.told(), ElementsAre("c end left @10"));
  EXPECT_EQ(world.presence.stats().visits_open, 0U);
  EXPECT_EQ(world.presence.stats().tracked, 0U);
  EXPECT_DOUBLE_EQ(world.next_deadline(), -1);
}

TEST(Visit, GoesOnThroughSeveralZones) {
  World world({zone("coffee", {"g1"}), zone("tea", {"g2"})});
  world.see_from_to(0, 2, -60, "g1");
  world.see_from_to(300, 302, -60, "g2");
  world.silence_until(2000);
  EXPECT_THAT(world.told(), ElementsAre("c start @2", "c enter coffee @2", "c exit coffee @2", "c enter tea @302",
                                        "c exit tea @302", "c end left @302"));
  ASSERT_EQ(world.recorder.ended.size(), 1U);
  const auto& zones = world.recorder.ended[0].zones;
  ASSERT_EQ(zones.size(), 2U);
  EXPECT_EQ(zones[0].zone, "coffee");
  EXPECT_EQ(zones[0].entered, at(2).wall);
  EXPECT_EQ(zones[0].left, at(2).wall);
  EXPECT_EQ(zones[1].zone, "tea");
  EXPECT_EQ(zones[1].left, at(302).wall);
}

TEST(Visit, IsKeptOpenByAdvertsBelowEveryThreshold) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60);
  world.told();
  world.see(500, -95);
  world.silence_until(1099);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @2"));
  world.silence_until(1100);
  EXPECT_THAT(world.told(), ElementsAre("c end left @500"));
}

TEST(Visit, IsNotKeptOpenByReceiversThatNoZoneNames) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60);
  world.see(500, -50, "elsewhere");
  world.silence_until(602);
  EXPECT_EQ(world.told().back(), "c end left @2");
  EXPECT_EQ(world.presence.stats().unknown_receiver, 1U);
}

TEST(Visit, AnAdvertAfterTheGapBeginsAnother) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60);
  world.told();
  world.see_from_to(1000, 1002, -60);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @2", "c end left @2", "c start @1002", "c enter coffee @1002"));
}

TEST(Visit, ExitsWhatIsOpenBeforeItEnds) {
  ZoneSpec coffee = zone("coffee", {"g1"});
  coffee.exit_after = seconds{5000};
  World world({coffee});
  world.see_from_to(0, 2, -60);
  world.told();
  world.silence_until(602);
  EXPECT_THAT(world.told(), ElementsAre("c exit coffee @2", "c end left @2"));
}

TEST(Visit, TakesTheBestAssuranceHeard) {
  World world({zone("coffee", {"g1"})});
  for (int t = 0; t < 3; ++t) world.see(t, -60, "g1", "c", Assurance::static_id);
  world.see(3, -60, "g1", "c", Assurance::challenge);
  world.see(4, -60, "g1", "c", Assurance::rotating);
  world.presence.end_all(EndReason::left, at(5));
  ASSERT_EQ(world.recorder.ended.size(), 1U);
  EXPECT_EQ(world.recorder.ended[0].assurance, Assurance::challenge);
}

TEST(Visit, ForgetExitsAndEndsAtOnceAndOnlyThatCustomer) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60, "g1", "a");
  world.see_from_to(2, 4, -60, "g1", "b");
  world.told();
  world.presence.forget("a", EndReason::consent_withdrawn, at(5));
  world.presence.forget("nobody", EndReason::consent_withdrawn, at(5));
  EXPECT_THAT(world.told(), ElementsAre("a exit coffee @5", "a end consent_withdrawn @5"));
  EXPECT_EQ(world.presence.stats().tracked, 1U);
  world.see(6, -60, "g1", "a");
  world.see(7, -60, "g1", "a");
  EXPECT_THAT(world.told(), IsEmpty()) << "samples from before must be gone";
}

TEST(Visit, ForgetDropsACandidateSilently) {
  World world({zone("coffee", {"g1"})});
  world.see(0, -60);
  world.presence.forget("c", EndReason::consent_withdrawn, at(1));
  EXPECT_THAT(world.told(), IsEmpty());
  EXPECT_EQ(world.presence.stats().tracked, 0U);
}

TEST(Visit, EndAllGoesByCustomerId) {
  World world({zone("coffee", {"g1"})});
  for (const auto* customer : {"z", "a", "m"}) {
    for (int i = 0; i < 3; ++i) world.see(1, -60, "g1", customer);
  }
  world.see(1, -60, "g1", "candidate");
  world.told();
  world.presence.end_all(EndReason::left, at(9));
  EXPECT_THAT(world.told(), ElementsAre("a exit coffee @9", "a end left @9", "m exit coffee @9", "m end left @9",
                                        "z exit coffee @9", "z end left @9"));
  EXPECT_EQ(world.presence.stats().tracked, 0U);
}

TEST(Visit, TimeNeverGoesBackwards) {
  World world({zone("coffee", {"g1"})});
  world.see(10, -60);
  world.see(3, -60);
  world.see(4, -60);
  EXPECT_THAT(world.told(), ElementsAre("c start @10", "c enter coffee @10"));
  world.silence_until(0);
  EXPECT_DOUBLE_EQ(world.next_deadline(), 40);
}

TEST(Visit, ListsABoundedNumberOfStays) {
  ZoneSpec coffee = zone("coffee", {"g1"});
  coffee.exit_after = seconds{1};
  World world({coffee});
  for (int i = 0; i < 400; ++i) world.see_from_to(i * 20, i * 20 + 2, -60);
  world.presence.end_all(EndReason::left, at(9000));
  ASSERT_EQ(world.recorder.ended.size(), 1U);
  const auto& zones = world.recorder.ended[0].zones;
  EXPECT_EQ(zones.size(), 256U);
  EXPECT_EQ(zones.back().entered, at(399 * 20 + 2).wall);
}

}  // namespace
}  // namespace aisle::presence::test
