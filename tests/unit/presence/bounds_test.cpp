#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

using testing::IsEmpty;

PresenceOptions at_most(std::size_t customers) {
  PresenceOptions options;
  options.max_customers = customers;
  return options;
}

TEST(Bounds, ForgetTheLongestSilentOutsideAnyVisit) {
  World world({zone("coffee", {"g1"})}, at_most(3));
  world.see_from_to(0, 2, -60, "g1", "visitor");
  world.see(3, -60, "g1", "a");
  world.see(4, -60, "g1", "b");
  world.see(5, -60, "g1", "a");
  world.see(6, -60, "g1", "new");  // b goes: a was heard after it
  EXPECT_EQ(world.presence.stats().tracked, 3U);
  EXPECT_EQ(world.presence.stats().forgotten, 1U);
  world.told();
  world.see(7, -60, "g1", "a");
  EXPECT_EQ(world.told().size(), 2U) << "the third advert of a";
  EXPECT_EQ(world.presence.stats().visits_open, 2U);
}

TEST(Bounds, RefuseNewcomersWhenAllAreInVisits) {
  World world({zone("coffee", {"g1"})}, at_most(2));
  world.see_from_to(0, 2, -60, "g1", "a");
  world.see_from_to(0, 2, -60, "g1", "b");
  world.told();
  world.see_from_to(3, 8, -60, "g1", "c");
  EXPECT_THAT(world.told(), IsEmpty());
  EXPECT_EQ(world.presence.stats().forgotten, 6U);
  EXPECT_EQ(world.presence.stats().tracked, 2U);
}

TEST(Bounds, OfZeroTrackNobody) {
  World world({zone("coffee", {"g1"})}, at_most(0));
  world.see_from_to(0, 5, -60);
  EXPECT_THAT(world.told(), IsEmpty());
  EXPECT_EQ(world.presence.stats().tracked, 0U);
}

TEST(Bounds, ACandidateIsForgottenAfterTheWindowAndExitAfter) {
  World world({zone("coffee", {"g1"})});
  world.see(0, -90);
  EXPECT_DOUBLE_EQ(world.next_deadline(), 45);
  world.silence_until(44);
  EXPECT_EQ(world.presence.stats().tracked, 1U);
  world.silence_until(45);
  EXPECT_EQ(world.presence.stats().tracked, 0U);
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST(Bounds, LevelsThatAreNoNumbersAreIgnored) {
  World world({zone("coffee", {"g1"})});
  for (int i = 0; i < 9; ++i) {
    world.see(i, std::numeric_limits<double>::quiet_NaN());
    world.see(i, std::numeric_limits<double>::infinity());
  }
  EXPECT_THAT(world.told(), IsEmpty());
  EXPECT_EQ(world.presence.stats().tracked, 0U);
  world.see_from_to(20, 22, 1e300);
  ASSERT_EQ(world.recorder.evidences.size(), 1U);
  EXPECT_LE(world.recorder.evidences[0].rssi_dbm, 127);
}

TEST(Bounds, AStoreWithoutZonesHearsNothing) {
  World world({});
  world.see(0, -40);
  world.receiver(1, "g1", false);
  world.silence_until(1000);
  EXPECT_THAT(world.told(), IsEmpty());
  EXPECT_EQ(world.presence.stats().unknown_receiver, 1U);
}

TEST(Bounds, TwentyThousandCustomersAndHostileChurn) {
  World world({zone("coffee", {"g1"}), zone("tea", {"g2"})}, at_most(20000));
  const auto begin = std::chrono::steady_clock::now();
  double t = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 15000; ++i) world.see(t += 0.0001, -60, i % 2 == 0 ? "g1" : "g2", "c" + std::to_string(i));
  }
  EXPECT_EQ(world.presence.stats().visits_open, 15000U);
  for (int i = 0; i < 100000; ++i) world.see(t += 0.0001, -90, "g1", "churn" + std::to_string(i));
  EXPECT_EQ(world.presence.stats().tracked, 20000U);
  EXPECT_EQ(world.presence.stats().forgotten, 95000U);
  EXPECT_EQ(world.presence.stats().visits_open, 15000U);
  world.silence_until(t + 1000);
  EXPECT_EQ(world.presence.stats().tracked, 0U);
  EXPECT_EQ(world.recorder.ended.size(), 15000U);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(took, std::chrono::seconds(30)) << "175,000 adverts must not grow with the square of the crowd";
}

}  // namespace
}  // namespace aisle::presence::test
