#include "agent/presence/smoothing.hpp"

#include <gtest/gtest.h>

namespace aisle::presence {
namespace {

SteadyTime at(double t) {
  return SteadyTime{Duration{static_cast<std::int64_t>(t * 1e6)}};
}

double mean_of(std::vector<double> values) {
  return robust_mean(values);
}

TEST(RobustMean, IsTheMedianOfFewerThanFour) {
  EXPECT_DOUBLE_EQ(mean_of({-60}), -60);
  EXPECT_DOUBLE_EQ(mean_of({-60, -71}), -65.5);
  EXPECT_DOUBLE_EQ(mean_of({-95, -60, -62}), -62);
}

TEST(RobustMean, LeavesOutWhatIsBeyondTheTukeyFence) {
  EXPECT_DOUBLE_EQ(mean_of({-60, -62, -61, -61, -99}), -61);
  EXPECT_DOUBLE_EQ(mean_of({-60, -62, -61, -61, -20}), -61);
}

TEST(RobustMean, KeepsWhatLiesExactlyOnTheFence) {
  // Q1 = 1, Q3 = 3, so the fence is from -2 to 6.
  EXPECT_DOUBLE_EQ(mean_of({-2, 1, 2, 3, 6}), 2.0);
  EXPECT_DOUBLE_EQ(mean_of({0, 1, 2, 3, 6.5}), 1.5);
}

TEST(RobustMean, OfEqualValuesIsThatValue) {
  EXPECT_DOUBLE_EQ(mean_of({-70, -70, -70, -70, -70, -70}), -70);
}

TEST(SampleRing, KeepsTheLastSamplesOnly) {
  SampleRing ring(2);
  ring.add(at(1), -90);
  ring.add(at(2), -60);
  ring.add(at(3), -62);
  const Level level = ring.level(at(3), seconds{15});
  EXPECT_EQ(level.samples, 2U);
  EXPECT_DOUBLE_EQ(level.rssi_dbm, -61);
}

TEST(SampleRing, CountsASampleAsOldAsTheWindowButNotAnOlderOne) {
  SampleRing ring(8);
  ring.add(at(0), -80);
  ring.add(at(10), -60);
  EXPECT_EQ(ring.level(at(15), seconds{15}).samples, 2U);
  EXPECT_EQ(ring.level(at(15.000001), seconds{15}).samples, 1U);
  EXPECT_EQ(ring.level(at(25.000001), seconds{15}).samples, 0U);
}

TEST(SampleRing, WhatIsMeasuredAgainIsTheStrongerOfBoth) {
  SampleRing ring(2);
  ring.add(at(1), -80);
  ring.improve(at(1.02), -70);
  ring.improve(at(1.02), -75);
  EXPECT_EQ(ring.level(at(2), seconds{15}).samples, 1U);
  EXPECT_DOUBLE_EQ(ring.level(at(2), seconds{15}).rssi_dbm, -70);
  ring.add(at(2), -90);
  ring.add(at(3), -60);  // over the oldest
  ring.improve(at(3.01), -50);
  EXPECT_DOUBLE_EQ(ring.level(at(4), seconds{15}).rssi_dbm, -70);
}

TEST(SampleRing, WhatIsMeasuredTooLateIsASampleOfItsOwn) {
  SampleRing ring(8);
  ring.improve(at(1), -80);
  ring.improve(at(1.1), -70);
  EXPECT_EQ(ring.level(at(2), seconds{15}).samples, 2U);
}

TEST(SampleRing, OfCapacityZeroStillHoldsOne) {
  SampleRing ring(0);
  ring.add(at(0), -80);
  EXPECT_EQ(ring.level(at(0), seconds{15}).samples, 1U);
}

}  // namespace
}  // namespace aisle::presence
