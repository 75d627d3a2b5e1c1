// What a fleet does to the broker that it has lost; tests/bench/reconnect prints the figures for 10,000.
#include <gtest/gtest.h>

#include "tests/bench/reconnect/fleet.hpp"

namespace aisle::bench {
namespace {

TEST(Fleet, ARestartIsSpreadOverAMinute) {
  const FleetResult back = simulate({.gateways = 3000, .accepts_per_s = 3000});
  EXPECT_EQ(back.attempts, 3000U);
  EXPECT_LT(back.peak_attempts, 90);  // 50 a second on average
  EXPECT_LE(back.all_back, seconds(60));
}

TEST(Fleet, ALongOutageEndsWithoutARush) {
  const FleetResult back = simulate({.gateways = 3000, .outage = seconds(3600), .accepts_per_s = 3000});
  EXPECT_LT(back.peak_after_return, 50);  // every 150 s on average each: 20 a second
  EXPECT_LE(back.all_back, seconds(301));
}

TEST(Fleet, ABrokerThatTakesFewIsNotOverrunByTheRest) {
  const FleetResult busy = simulate({.gateways = 3000, .accepts_per_s = 10});
  EXPECT_LT(busy.peak_attempts, 250);  // 50 a second come back, and those that were sent away again after 5 to 10 s
  EXPECT_GE(busy.most_back, seconds(297));  // it takes 10 a second
  EXPECT_LT(busy.most_back, seconds(900));
  EXPECT_LT(busy.attempts, 3000U * 10);
}

TEST(Fleet, WithoutASpreadAllComeAtOnce) {
  const FleetResult rush = simulate({.gateways = 3000, .accepts_per_s = 3000, .retry_spread = seconds(0)});
  EXPECT_EQ(rush.peak_attempts, 3000);
}

}  // namespace
}  // namespace aisle::bench
