#include "sync/core/backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace aisle::sync {
namespace {

Duration largest_of(Backoff backoff, int nth) {
  Duration largest{};
  SeededRandom random(3);
  for (int run = 0; run < 2000; ++run) {
    Backoff copy = backoff;
    Duration delay{};
    for (int i = 0; i < nth; ++i) delay = copy.next(random);
    largest = std::max(largest, delay);
  }
  return largest;
}

TEST(Backoff, CeilingDoublesFromOneSecondToTheMaximum) {
  const Backoff backoff(seconds(1), seconds(300), Jitter::full);
  for (int nth = 1; nth <= 12; ++nth) {
    const Duration ceiling = std::min<Duration>(seconds(300), seconds(1LL << (nth - 1)));
    const Duration largest = largest_of(backoff, nth);
    EXPECT_LT(largest, ceiling) << nth;
    EXPECT_GT(largest, ceiling * 9 / 10) << nth;
  }
}

TEST(Backoff, HalfJitterNeverFallsBelowHalfTheCeiling) {
  SeededRandom random(5);
  Backoff backoff(seconds(10), seconds(300), Jitter::half);
  EXPECT_GE(backoff.next(random), seconds(5));
  EXPECT_GE(backoff.next(random), seconds(10));
  backoff.reset();
  EXPECT_LT(backoff.next(random), seconds(10));
}

TEST(Backoff, StaysAtTheMaximumForEver) {
  SeededRandom random(5);
  Backoff backoff(seconds(1), seconds(300), Jitter::half);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(backoff.next(random), seconds(300));
  EXPECT_GE(backoff.next(random), seconds(150));
}

TEST(RetrySchedule, SpreadsTheFirstRetryAfterALoss) {
  SeededRandom random(9);
  Duration smallest = seconds(60);
  Duration largest{};
  for (int i = 0; i < 2000; ++i) {
    RetrySchedule schedule(seconds(60), seconds(300));
    const Duration delay = schedule.after_loss(seconds(31), false, random);
    smallest = std::min(smallest, delay);
    largest = std::max(largest, delay);
  }
  EXPECT_LT(smallest, seconds(1));
  EXPECT_GT(largest, seconds(59));
  EXPECT_LT(largest, seconds(60));
}

TEST(RetrySchedule, FailuresAfterALossBackOffFromHalfTheSpread) {
  SeededRandom random(9);
  Duration largest{};
  for (int i = 0; i < 2000; ++i) {
    RetrySchedule schedule(seconds(60), seconds(300));
    (void)schedule.after_loss(seconds(31), false, random);
    largest = std::max(largest, schedule.after_failure(random));
  }
  EXPECT_LT(largest, seconds(30));
  EXPECT_GT(largest, seconds(29));
  RetrySchedule at_once(seconds(0), seconds(300));
  (void)at_once.after_loss(seconds(31), false, random);
  EXPECT_LT(at_once.after_failure(random), seconds(1));
  RetrySchedule short_max(seconds(60), seconds(5));
  (void)short_max.after_loss(seconds(31), false, random);
  EXPECT_LT(short_max.after_failure(random), seconds(5));
}

TEST(RetrySchedule, SpreadOfZeroMeansAtOnce) {
  SeededRandom random(9);
  RetrySchedule schedule(seconds(0), seconds(300));
  EXPECT_EQ(schedule.after_loss(seconds(31), false, random), Duration::zero());
}

TEST(RetrySchedule, AShortConnectionBacksOffLikeAFailure) {
  SeededRandom random(9);
  RetrySchedule schedule(seconds(0), seconds(300));
  Duration sum{};
  for (int i = 0; i < 20; ++i) sum += schedule.after_loss(seconds(29), false, random);
  EXPECT_GT(sum, seconds(300));
}

TEST(RetrySchedule, AConnectionThatTookEventsIsRetriedAtOnceHoweverShort) {
  SeededRandom random(5);
  RetrySchedule schedule(seconds(0), seconds(300));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(schedule.after_loss(seconds(1), true, random), Duration::zero());
  Duration sum{0};
  for (int i = 0; i < 20; ++i) sum += schedule.after_loss(milliseconds(900), true, random);
  EXPECT_GT(sum, seconds(300));  // two clients that throw each other out do not spin
}

}  // namespace
}  // namespace aisle::sync
