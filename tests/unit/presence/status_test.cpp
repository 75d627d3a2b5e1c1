#include <gtest/gtest.h>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

TEST(Status, HasARowForEachOpenStayAndForAVisitBetweenZones) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60, "g1", "a");
  world.see_from_to(30, 33, -60, "g1", "b");
  world.see(34, -90, "g1", "candidate");
  const auto rows = world.presence.rows();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].customer, "a");
  EXPECT_EQ(rows[0].zone, "");
  EXPECT_EQ(rows[0].last_heard, at(2).wall);
  EXPECT_EQ(rows[1].customer, "b");
  EXPECT_EQ(rows[1].zone, "coffee");
  EXPECT_EQ(rows[1].entered, at(32).wall);
  EXPECT_EQ(rows[1].last_heard, at(33).wall);
  EXPECT_DOUBLE_EQ(rows[1].rssi_dbm, -60);
}

TEST(Status, CountsTrackedAndVisits) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60, "g1", "a");
  world.see(2, -90, "g1", "b");
  EXPECT_EQ(world.presence.stats().tracked, 2U);
  EXPECT_EQ(world.presence.stats().visits_open, 1U);
}

TEST(Status, NamesWhatTheContractNames) {
  EXPECT_EQ(to_string(EndReason::left), "left");
  EXPECT_EQ(to_string(EndReason::coverage_lost), "coverage_lost");
  EXPECT_EQ(to_string(EndReason::consent_withdrawn), "consent_withdrawn");
  EXPECT_EQ(to_string(Coverage::up), "up");
  EXPECT_EQ(to_string(Coverage::down), "down");
  EXPECT_EQ(to_string(Coverage::unknown), "unknown");
}

}  // namespace
}  // namespace aisle::presence::test
