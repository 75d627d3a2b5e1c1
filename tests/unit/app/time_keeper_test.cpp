#include "agent/app/time_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle::app {
namespace {

constexpr UnixTime kGood{seconds{1'800'000'000}};
constexpr UnixTime kBad{seconds{100}};

class TimeKeeperTest : public ::testing::Test {
 protected:
  static bool trusted(UnixTime now) { return now > UnixTime{seconds{1'700'000'000}}; }
  ManualClock system{kGood};
  SteadyBootClock boot{system};
};

TEST_F(TimeKeeperTest, FollowsAGoodClockAndItsSlewing) {
  TimeKeeper time(system, boot, trusted);
  EXPECT_TRUE(time.known());
  system.advance(seconds(10));
  EXPECT_EQ(time.now(), kGood + seconds(10));
  system.set_wall(kGood + seconds(11));
  EXPECT_EQ(time.now(), kGood + seconds(10));  // until it is looked at
  EXPECT_EQ(time.refresh(), Duration{0});
  EXPECT_EQ(time.now(), kGood + seconds(11));
  EXPECT_EQ(time.jumps(), 0U);
}

TEST_F(TimeKeeperTest, AJumpIsTakenOverOnceAndTold) {
  TimeKeeper time(system, boot, trusted);
  for (const Duration jump : {Duration{std::chrono::hours(24)}, Duration{std::chrono::hours(-48)}}) {
    system.set_wall(system.now() + jump);
    EXPECT_EQ(time.refresh(), jump);
    EXPECT_EQ(time.refresh(), Duration{0});
    EXPECT_EQ(time.now(), system.now());
  }
  EXPECT_EQ(time.jumps(), 2U);
}

TEST_F(TimeKeeperTest, AClockThatFallsTo1970IsNotFollowed) {
  TimeKeeper time(system, boot, trusted);
  system.set_wall(kBad);
  system.advance(seconds(5));
  EXPECT_EQ(time.refresh(), Duration{0});
  EXPECT_TRUE(time.known());
  EXPECT_EQ(time.now(), kGood + seconds(5));
}

TEST_F(TimeKeeperTest, WithoutAClockItIsAnEstimateThatIsNotBeforeWhatWasSeen) {
  system.set_wall(kBad);
  TimeKeeper time(system, boot, trusted);
  EXPECT_FALSE(time.known());
  EXPECT_EQ(time.now(), kBad);
  time.at_least(kGood - seconds(50));
  time.at_least(kBad);
  system.set_wall(kBad + seconds(1000));  // jumps of a clock that is not good mean nothing
  system.advance(seconds(10));
  EXPECT_EQ(time.refresh(), Duration{0});
  EXPECT_EQ(time.now(), kGood - seconds(40));
  const UnixTime booted = time.booted();
  system.set_wall(kGood);
  EXPECT_EQ(time.refresh(), seconds(40));
  EXPECT_TRUE(time.known());
  EXPECT_EQ(time.booted(), booted + seconds(40));
  EXPECT_EQ(time.jumps(), 0U);
}

}  // namespace
}  // namespace aisle::app
