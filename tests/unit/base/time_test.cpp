#include "agent/base/time.hpp"

#include <gtest/gtest.h>

namespace aisle {
namespace {

UnixTime utc(std::int64_t unix_seconds, std::int64_t micros = 0) {
  return UnixTime{seconds{unix_seconds} + Duration{micros}};
}

TEST(Time, RoundTripsThroughText) {
  for (const char* text : {"1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z", "2026-03-06T15:00:00.037Z",
                           "9999-12-31T23:59:59.000Z"}) {
    const auto time = parse_rfc3339(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(format_rfc3339(*time), text);
  }
  EXPECT_EQ(parse_rfc3339("2026-03-06T15:00:00Z").value(), utc(1772809200));
}

TEST(Time, MillisecondsAreCutNotRounded) {
  EXPECT_EQ(format_rfc3339(utc(0, 999'999)), "1970-01-01T00:00:00.999Z");
  EXPECT_EQ(format_rfc3339(utc(-1, 500'000)), "1969-12-31T23:59:59.500Z");
}

TEST(Time, OffsetsFractionsAndLowerCase) {
  const auto noon = utc(1772798400);  // 2026-03-06T12:00:00Z
  for (const char* text : {"2026-03-06T13:00:00+01:00", "2026-03-06T07:00:00-05:00", "2026-03-06t12:00:00z",
                           "2026-03-06T12:00:00.0Z", "2026-03-06T17:30:00+05:30"}) {
    EXPECT_EQ(parse_rfc3339(text).value_or(UnixTime{}), noon) << text;
  }
  EXPECT_EQ(parse_rfc3339("2026-03-06T12:00:00.1234567Z").value(), noon + Duration{123456});
}

TEST(Time, WhatIsNoTimeIsRefusedByName) {
  for (const char* text :
       {"", "now", "2026-03-06", "2026-03-06 12:00:00Z", "2026-03-06T12:00:00", "2026-03-06T12:00Z",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z", "2026-03-06T24:00:00Z",
        "2026-03-06T12:60:00Z", "2026-03-06T12:00:61Z", "2026-03-06T12:00:00.Z", "2026-03-06T12:00:00+1:00",
        "2026-03-06T12:00:00+24:00", "2026-03-06T12:00:00Zjunk", "+026-03-06T12:00:00Z"}) {
    const auto time = parse_rfc3339(text);
    ASSERT_FALSE(time) << text;
    EXPECT_NE(time.error().message().find(text), std::string::npos);
  }
  EXPECT_LT(parse_rfc3339(std::string(100'000, '2')).error().message().size(), 200U);
}

TEST(Time, UnixSecondsKeepMicroseconds) {
  const auto time = unix_time_from_seconds(1772809200.037482);
  EXPECT_EQ(time, utc(1772809200, 37482));
  EXPECT_DOUBLE_EQ(to_unix_seconds(time), 1772809200.037482);
}

TEST(Time, DaysAndIntervals) {
  EXPECT_EQ(utc_day(utc(18354LL * 86400)), 18354);
  EXPECT_EQ(utc_day(utc(18354LL * 86400 - 1)), 18353);
  EXPECT_EQ(utc_day(utc(-1)), -1);
  EXPECT_EQ(token_interval(utc(2642976LL * 600)), 2642976U);
  EXPECT_EQ(token_interval(utc(2642976LL * 600 + 599, 999'999)), 2642976U);
  EXPECT_EQ(token_interval(utc(-5)), 0U);
}

TEST(Time, TheManualClockMovesWhenTold) {
  ManualClock clock(utc(1000));
  const auto before = clock.stamp();
  clock.advance(seconds{5});
  EXPECT_EQ(clock.steady() - before.mono, seconds{5});
  EXPECT_EQ(clock.now(), utc(1005));
  clock.set_wall(utc(9000));
  EXPECT_EQ(clock.steady() - before.mono, seconds{5}) << "a wall clock's jump is not felt";
}

}  // namespace
}  // namespace aisle
