#include "ble/source/gather.hpp"

#include <gtest/gtest.h>

namespace aisle {
namespace {

constexpr Duration kPause = std::chrono::microseconds(500);
constexpr SteadyTime kStart{std::chrono::hours(1)};

TEST(Gather, PausesOnlyWhileAdvertsAreClose) {
  Gather gather(kPause);
  EXPECT_FALSE(gather.next(true, kStart));
  EXPECT_TRUE(gather.next(true, kStart + Gather::kBusy));
  EXPECT_FALSE(gather.next(false, kStart + 2 * Gather::kBusy)) << "nothing came";
  EXPECT_FALSE(gather.next(true, kStart + 3 * Gather::kBusy)) << "the one before is 2 ms old";
}

TEST(Gather, NeverWithoutAPause) {
  Gather gather(Duration{0});
  EXPECT_FALSE(gather.next(true, kStart));
  EXPECT_FALSE(gather.next(true, kStart));
}

TEST(Gather, LeavesItOutWhereTimersAreCoarse) {
  Gather gather(kPause);
  SteadyTime now = kStart;
  const auto pause = [&](Duration real) {
    gather.paused(now, now + real);
    now += real;
  };
  const auto pauses = [&] {
    (void)gather.next(true, now);
    return gather.next(true, now);
  };
  pause(3 * kPause);
  pause(3 * kPause);
  pause(kPause);
  pause(3 * kPause);
  pause(3 * kPause);
  EXPECT_TRUE(pauses()) << "never three in a row";
  pause(3 * kPause);
  EXPECT_FALSE(pauses());
  now += Gather::kWithoutGather;
  EXPECT_TRUE(pauses());
}

}  // namespace
}  // namespace aisle
