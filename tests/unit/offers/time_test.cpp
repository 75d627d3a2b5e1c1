#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

constexpr std::uint8_t kMonday = 1;
constexpr std::uint8_t kFriday = 1U << 4U;
constexpr std::uint8_t kSaturday = 1U << 5U;

Offer in_hours(std::uint16_t from, std::uint16_t to, std::uint8_t days = 0x7F) {
  Offer made = offer("o");
  made.hours = {{from, to}};
  made.days = days;
  return made;
}

TEST(Time, AnUnknownTimeZoneIsAnError) {
  for (const auto* name : {"Europe/Atlantis", "", "../../etc/passwd"}) {
    const auto book = OfferBook::create(name);
    ASSERT_FALSE(book.has_value()) << name;
    EXPECT_NE(book.error().message().find(name), std::string::npos);
  }
}

TEST(Time, ValidityIsHalfOpen) {
  Book book;
  Offer made = offer("o");
  made.valid_from = utc("2026-03-02T10:00:00Z");
  made.valid_until = utc("2026-03-02T11:00:00Z");
  book.with(made);
  EXPECT_EQ(book.why_at("o", "2026-03-02T09:59:59.999999Z"), "not_yet_valid");
  EXPECT_EQ(book.why_at("o", "2026-03-02T10:00:00Z"), "made");
  EXPECT_EQ(book.why_at("o", "2026-03-02T10:59:59.999999Z"), "made");
  EXPECT_EQ(book.why_at("o", "2026-03-02T11:00:00Z"), "expired");
}

TEST(Time, DaysAreTheStoresOwn) {
  Book book;
  Offer made = offer("o");
  made.days = kMonday;
  book.with(made);
  EXPECT_EQ(book.why_at("o", "2026-03-01T22:59:59Z"), "day") << "Sunday 23:59:59 in Madrid";
  EXPECT_EQ(book.why_at("o", "2026-03-01T23:00:00Z"), "made") << "Monday 00:00 in Madrid";
  EXPECT_EQ(book.why_at("o", "2026-03-02T22:59:59Z"), "made");
  EXPECT_EQ(book.why_at("o", "2026-03-02T23:00:00Z"), "day");
}

TEST(Time, HoursAreHalfOpenInStoreTime) {
  Book book;
  book.with(in_hours(8 * 60, 12 * 60));
  EXPECT_EQ(book.why_at("o", "2026-03-02T06:59:59.999Z"), "hour");
  EXPECT_EQ(book.why_at("o", "2026-03-02T07:00:00Z"), "made");
  EXPECT_EQ(book.why_at("o", "2026-03-02T10:59:59.999Z"), "made");
  EXPECT_EQ(book.why_at("o", "2026-03-02T11:00:00Z"), "hour");
}

TEST(Time, OneOfSeveralRangesIsEnough) {
  Book book;
  Offer made = in_hours(8 * 60, 9 * 60);
  made.hours.push_back({20 * 60, 24 * 60});
  book.with(made);
  EXPECT_EQ(book.why_at("o", "2026-03-02T22:59:59Z"), "made") << "23:59:59";
  EXPECT_EQ(book.why_at("o", "2026-03-02T23:00:00Z"), "hour") << "00:00 of the next day";
  EXPECT_EQ(book.why_at("o", "2026-03-02T12:00:00Z"), "hour");
}

TEST(Time, HoursWrapPastMidnightAndBelongToTheDayTheyStartOn) {
  Book book;
  book.with(in_hours(22 * 60, 2 * 60, kFriday));  // 2026-03-06 is a Friday
  EXPECT_EQ(book.why_at("o", "2026-03-06T20:59:59Z"), "hour") << "Friday 21:59:59";
  EXPECT_EQ(book.why_at("o", "2026-03-06T21:00:00Z"), "made") << "Friday 22:00";
  EXPECT_EQ(book.why_at("o", "2026-03-07T00:00:00Z"), "made") << "Saturday 01:00";
  EXPECT_EQ(book.why_at("o", "2026-03-07T00:59:59Z"), "made") << "Saturday 01:59:59";
  EXPECT_EQ(book.why_at("o", "2026-03-07T01:00:00Z"), "day") << "Saturday 02:00";
  EXPECT_EQ(book.why_at("o", "2026-03-07T21:00:00Z"), "day") << "Saturday 22:00";
  EXPECT_EQ(book.why_at("o", "2026-03-06T00:00:00Z"), "day") << "Friday 01:00 belongs to Thursday";
}

TEST(Time, HoursThatStartOnSundayReachIntoMonday) {
  Book book;
  book.with(in_hours(22 * 60, 2 * 60, 1U << 6U));
  EXPECT_EQ(book.why_at("o", "2026-03-02T00:30:00Z"), "made") << "Monday 01:30";
  EXPECT_EQ(book.why_at("o", "2026-03-01T00:30:00Z"), "day") << "Sunday 01:30";
}

TEST(Time, EqualEndsAreAWholeDayFromThere) {
  Book book;
  book.with(in_hours(6 * 60, 6 * 60, kFriday));
  EXPECT_EQ(book.why_at("o", "2026-03-06T04:59:00Z"), "day") << "Friday 05:59";
  EXPECT_EQ(book.why_at("o", "2026-03-06T05:00:00Z"), "made") << "Friday 06:00";
  EXPECT_EQ(book.why_at("o", "2026-03-07T04:59:00Z"), "made") << "Saturday 05:59";
  EXPECT_EQ(book.why_at("o", "2026-03-07T05:00:00Z"), "day") << "Saturday 06:00";
}

// 2026-03-29: 02:00 becomes 03:00 in Madrid. 2026-10-25: 03:00 becomes 02:00.
TEST(Time, InSpringTheMissingHourIsNobodys) {
  Book book;
  book.with(in_hours(2 * 60, 3 * 60));
  EXPECT_EQ(book.why_at("o", "2026-03-29T00:59:59Z"), "hour") << "01:59:59";
  EXPECT_EQ(book.why_at("o", "2026-03-29T01:00:00Z"), "hour") << "03:00";
  book.with(in_hours(3 * 60, 4 * 60));
  EXPECT_EQ(book.why_at("o", "2026-03-29T01:00:00Z"), "made");
  EXPECT_EQ(book.why_at("o", "2026-03-29T02:00:00Z"), "hour") << "04:00";
}

TEST(Time, InAutumnTheHourComesTwice) {
  Book book;
  book.with(in_hours(2 * 60, 3 * 60));
  EXPECT_EQ(book.why_at("o", "2026-10-24T23:59:59Z"), "hour") << "01:59:59 summer time";
  EXPECT_EQ(book.why_at("o", "2026-10-25T00:30:00Z"), "made") << "02:30 summer time";
  EXPECT_EQ(book.why_at("o", "2026-10-25T01:30:00Z"), "made") << "02:30 winter time";
  EXPECT_EQ(book.why_at("o", "2026-10-25T02:00:00Z"), "hour") << "03:00";
}

TEST(Time, AWrapOverTheChangeOfSaturdayNightHolds) {
  Book book;
  book.with(in_hours(22 * 60, 4 * 60, kSaturday));
  EXPECT_EQ(book.why_at("o", "2026-03-29T01:59:59Z"), "made") << "Sunday 03:59:59 summer time";
  EXPECT_EQ(book.why_at("o", "2026-03-29T02:00:00Z"), "day") << "Sunday 04:00";
}

TEST(Time, WorksOnTheOtherSideOfTheDateLine) {
  Book book("Pacific/Kiritimati");  // UTC+14
  book.with(in_hours(0, 60, kMonday));
  EXPECT_EQ(book.why_at("o", "2026-03-01T10:00:00Z"), "made") << "Monday 00:00";
  EXPECT_EQ(book.why_at("o", "2026-03-01T09:59:59Z"), "day");
}

TEST(Time, EverythingWithADateAnHourOrACapIsRefusedWhileTheClockIsNotTrusted) {
  Book book;
  book.question.clock_trusted = false;
  EXPECT_EQ(book.with(offer("o")).why("o"), "made");
  Offer made = offer("o");
  made.valid_from = utc("2020-01-01T00:00:00Z");
  EXPECT_EQ(book.with(made).why("o"), "clock_untrusted");
  made = offer("o");
  made.valid_until = utc("2030-01-01T00:00:00Z");
  EXPECT_EQ(book.with(made).why("o"), "clock_untrusted");
  made = offer("o");
  made.days = kMonday;
  EXPECT_EQ(book.with(made).why("o"), "clock_untrusted");
  EXPECT_EQ(book.with(in_hours(0, 1440)).why("o"), "clock_untrusted");
  made = offer("o");
  made.caps = {{CapScope::offer, 9, seconds{60}}};
  EXPECT_EQ(book.with(made).why("o"), "clock_untrusted");
  made = offer("o");
  made.cooldown = seconds{60};
  EXPECT_EQ(book.with(made).why("o"), "clock_untrusted");
  book.question.clock_trusted = true;
  EXPECT_EQ(book.why("o"), "made");
}

}  // namespace
}  // namespace aisle::offers::test
