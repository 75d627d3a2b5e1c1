#include <gmock/gmock.h>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Enter, NeedsMinSamples) {
  World world({zone("coffee", {"g1"})});
  world.see(0, -60);
  world.see(1, -60);
  EXPECT_THAT(world.told(), IsEmpty());
  world.see(2, -60);
  EXPECT_THAT(world.told(), ElementsAre("c start @2", "c enter coffee @2"));
}

TEST(Enter, HappensAtTheThresholdAndNotBelow) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 9, -68.5);
  EXPECT_THAT(world.told(), IsEmpty());
  world.see_from_to(30, 32, -68);
  EXPECT_THAT(world.told(), ElementsAre("c start @32", "c enter coffee @32"));
}

TEST(Enter, CountsOnlySamplesInTheWindow) {
  World world({zone("coffee", {"g1"})});
  for (int i = 0; i < 10; ++i) world.see(i * 8, -60);  // two in any 15 s
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST(Enter, IsNotMovedByOneOutlier) {
  World world({zone("coffee", {"g1"})});
  world.see(0, -75);
  world.see(1, -75);
  world.see(2, -75);
  world.see(3, -20);
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST(Enter, TakesTheZoneWithTheBestEvidence) {
  World world({zone("coffee", {"g1"}), zone("tea", {"g2"}, -80, -88)});
  world.see(0, -66, "g1");    // 2 dB over
  world.see(0.5, -70, "g2");  // 10 dB over
  world.see(1, -66, "g1");
  world.see(1.5, -70, "g2");
  world.see(2.5, -70, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c start @2.5", "c enter tea @2.5"));
}

TEST(Enter, BreaksTiesByTheOrderOfTheConfiguration) {
  World world({zone("second", {"g1"}), zone("first", {"g1"})});
  world.see_from_to(0, 2, -60);
  EXPECT_THAT(world.told(), ElementsAre("c start @2", "c enter second @2"));
}

TEST(Enter, UsesTheBestReceiverOfTheZone) {
  World world({zone("coffee", {"g1", "g2"})});
  world.see_from_to(0, 3, -80, "g1");
  world.see_from_to(4, 6, -61, "g2");
  EXPECT_THAT(world.told(), ElementsAre("c start @6", "c enter coffee @6"));
  ASSERT_EQ(world.recorder.evidences.size(), 1U);
  EXPECT_DOUBLE_EQ(world.recorder.evidences[0].rssi_dbm, -61);
  EXPECT_DOUBLE_EQ(world.recorder.evidences[0].margin_db, 7);
  EXPECT_EQ(world.recorder.evidences[0].samples, 3U);
}

TEST(Enter, NeedsTheSamplesAtOneReceiver) {
  World world({zone("coffee", {"g1", "g2"})});
  world.see(0, -60, "g1");
  world.see(1, -60, "g2");
  world.see(2, -60, "g1");
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST(Enter, IsNotHeldUpByAReceiverWithTooFewSamples) {
  World world({zone("coffee", {"g1", "g2"})});
  world.see(0, -40, "g2");
  world.see_from_to(1, 3, -60, "g1");
  EXPECT_THAT(world.told(), ElementsAre("c start @3", "c enter coffee @3"));
}

TEST(Enter, UsesEachReceiversOwnThreshold) {
  ZoneSpec coffee = zone("coffee", {"g1"});
  coffee.receivers.push_back({GatewayId("g2"), -50, -60});
  World world({coffee});
  world.see_from_to(0, 5, -60, "g2");
  EXPECT_THAT(world.told(), IsEmpty());
  world.see_from_to(6, 8, -50, "g2");
  world.see_from_to(9, 12, -50, "g2");
  EXPECT_THAT(world.told().size(), 2U);
}

TEST(Enter, WorksWithMoreMinSamplesThanSmoothingSamples) {
  ZoneSpec coffee = zone("coffee", {"g1"});
  coffee.min_samples = 12;
  World world({coffee});
  world.see_from_to(0, 10, -60);
  EXPECT_THAT(world.told(), IsEmpty());
  world.see(11, -60);
  EXPECT_THAT(world.told(), ElementsAre("c start @11", "c enter coffee @11"));
}

TEST(Enter, GivesConfidenceByTheMarginOverTheThreshold) {
  World strong({zone("coffee", {"g1"})});
  strong.see_from_to(0, 2, -58);
  World six({zone("coffee", {"g1"})});
  six.see_from_to(0, 2, -62);
  World weak({zone("coffee", {"g1"})});
  weak.see_from_to(0, 2, -62.5);
  EXPECT_THAT(strong.recorder.confidences, ElementsAre(Confidence::high));
  EXPECT_THAT(six.recorder.confidences, ElementsAre(Confidence::high));
  EXPECT_THAT(weak.recorder.confidences, ElementsAre(Confidence::medium));
}

TEST(Enter, KeepsLayersApart) {
  ZoneSpec whole = zone("whole", {"g1"}, -90, -95);
  whole.layer = "building";
  World world({zone("coffee", {"g1"}), whole});
  world.see_from_to(0, 2, -60);
  EXPECT_THAT(world.told(), ElementsAre("c start @2", "c enter coffee @2", "c enter whole @2"));
  world.see_from_to(3, 10, -85);
  EXPECT_THAT(world.told().size(), 1U);
  EXPECT_EQ(world.presence.rows().size(), 1U);
  EXPECT_EQ(world.presence.rows()[0].zone, "whole");
}

}  // namespace
}  // namespace aisle::presence::test
