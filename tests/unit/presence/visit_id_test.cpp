#include "agent/presence/visit_id.hpp"

#include <gtest/gtest.h>

#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

// Expected: printf 's1\0c-81f2\00020514\0001' | sha256sum, and with 12.
TEST(VisitId, IsTheHashOfTheContract) {
  EXPECT_EQ(visit_id("s1", "c-81f2", 20514, 1), "5879960cbe314c21");
  EXPECT_EQ(visit_id("s1", "c-81f2", 20514, 12), "f48e04fd3265098c");
}

TEST(VisitId, UsesTheDayOfTheStartAndTheNumberOfThatDay) {
  World world({zone("coffee", {"g1"})});
  world.see_from_to(0, 2, -60, "g1", "c-81f2");
  world.presence.end_all(EndReason::left, at(3));
  ASSERT_EQ(world.recorder.ended.size(), 1U);
  EXPECT_EQ(world.recorder.ended[0].id, visit_id("s1", "c-81f2", 20514, 1));
  world.see_from_to(10, 12, -60, "g1", "c-81f2");
  const double next_day = 12 * 3600;
  world.see_from_to(next_day, next_day + 2, -60, "g1", "c-81f2");
  world.presence.end_all(EndReason::left, at(next_day + 3));
  ASSERT_EQ(world.recorder.ended.size(), 3U);
  EXPECT_EQ(world.recorder.ended[1].id, visit_id("s1", "c-81f2", 20514, 2));
  EXPECT_EQ(world.recorder.ended[2].id, visit_id("s1", "c-81f2", 20515, 1));
}

}  // namespace
}  // namespace aisle::presence::test
