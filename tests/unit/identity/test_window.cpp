// The window of three intervals: its edges, midnight, jumps of the clock, and keys that come and go.
#include <gtest/gtest.h>

#include "tests/unit/identity/fixture.hpp"

namespace aisle::identity {
namespace {

using testing::at;
using testing::customer;
using testing::hear;
using testing::key_record;
using testing::start_of;
using testing::who;

constexpr std::int32_t kDay = 20779;
constexpr std::uint32_t kMidnight = kDay * 144U;  // the day's first interval
constexpr std::uint32_t kNoon = kMidnight + 72;

Resolver with_device(std::uint32_t ordinal = 7) {
  Resolver resolver({});
  resolver.upsert_customer(customer("c-1", {ordinal}));
  for (std::int32_t day = kDay - 2; day <= kDay + 1; ++day) resolver.add_key(key_record(ordinal, day));
  return resolver;
}

TEST(Window, ContractVectorResolves) {
  Resolver resolver({});
  auto c = customer("c-1", {});
  c.devices = {{7, -4}};
  resolver.upsert_customer(c);
  resolver.add_key({7, 18354, from_hex_fixed<16>("75c734c6dd1a782de7a965da5eb93125").value()});
  const UnixTime now = start_of(2642976);
  resolver.advance(now);
  Rpi rpi{};
  std::ranges::copy(from_hex("c2369418fedd9f8b53eb11bf").value(), rpi.begin());
  testing::AdvertBuilder advert;
  const Resolution r = resolver.resolve(advert.token(rpi).get(), testing::kPublic, now);
  EXPECT_EQ(who(r), "c-1");
  EXPECT_EQ(r.assurance, Assurance::rotating);
  EXPECT_EQ(r.carrier, BeaconKind::aisle_token);
  EXPECT_EQ(r.tx_offset_db, -4);
  EXPECT_EQ(r.ordinal, 7U);
  EXPECT_EQ(r.interval, 2642976U);
  testing::AdvertBuilder other_version;
  EXPECT_EQ(who(resolver.resolve(other_version.token(rpi, 0x20).get(), testing::kPublic, now)), "");
}

TEST(Window, AcceptsTheNeighboursAndNoOther) {
  for (const std::int64_t second : {0, 1, 300, 599}) {
    for (int offset = -3; offset <= 3; ++offset) {
      Resolver resolver = with_device();
      const std::uint32_t heard = kNoon + static_cast<std::uint32_t>(offset);
      EXPECT_EQ(who(hear(resolver, 7, heard, start_of(kNoon) + seconds(second))), std::abs(offset) <= 1 ? "c-1" : "")
          << offset << " at second " << second;
    }
  }
}

TEST(Window, LastMicrosecondOfAnIntervalIsStillItsOwn) {
  Resolver resolver = with_device();
  EXPECT_EQ(who(hear(resolver, 7, kNoon - 1, start_of(kNoon + 1) - Duration(1))), "c-1");
  EXPECT_EQ(who(hear(resolver, 7, kNoon - 1, start_of(kNoon + 1))), "");
}

TEST(Window, MidnightUsesEachIntervalsOwnDayKey) {
  Resolver resolver = with_device();
  // Yesterday's last interval by yesterday's key, just after midnight.
  EXPECT_EQ(who(hear(resolver, 7, kMidnight - 1, start_of(kMidnight))), "c-1");
  EXPECT_EQ(who(hear(resolver, 7, kMidnight, start_of(kMidnight) + seconds(1))), "c-1");
  // The next day's first one, just before.
  Resolver early = with_device();
  EXPECT_EQ(who(hear(early, 7, kMidnight, start_of(kMidnight) - Duration(1))), "c-1");
  // Today's key must not serve for yesterday's interval.
  testing::AdvertBuilder wrong;
  wrong.token(derive_rpi(derive_rpik(testing::day_key(7, kDay)), kMidnight - 1));
  Resolver strict = with_device();
  strict.advance(start_of(kMidnight));
  EXPECT_EQ(who(strict.resolve(wrong.get(), testing::kPublic, start_of(kMidnight))), "");
}

TEST(Window, KeysOfPastDaysStayUntilTheyAreDropped) {
  Resolver resolver = with_device();
  resolver.advance(start_of(kMidnight + 144));
  EXPECT_EQ(resolver.stats().keys, 4U);
  EXPECT_EQ(who(hear(resolver, 7, kMidnight - 5, start_of(kMidnight - 5))), "c-1") << "the clock was wrong";
  resolver.drop_keys_before(kDay);
  EXPECT_EQ(resolver.stats().keys, 2U);
  EXPECT_EQ(who(hear(resolver, 7, kMidnight - 4, start_of(kMidnight - 4))), "");
  EXPECT_EQ(who(hear(resolver, 7, kNoon, start_of(kNoon))), "c-1");
}

TEST(Window, ClockMayJump) {
  Resolver resolver = with_device();
  resolver.add_key(key_record(7, kDay + 9));
  EXPECT_EQ(who(hear(resolver, 7, kNoon, start_of(kNoon))), "c-1");
  EXPECT_EQ(who(hear(resolver, 7, kNoon + 30, start_of(kNoon + 30))), "c-1");
  EXPECT_EQ(who(hear(resolver, 7, kNoon, start_of(kNoon + 30))), "");
  // Back: the window follows, the replay rule still holds.
  EXPECT_EQ(who(hear(resolver, 7, kNoon + 1, start_of(kNoon))), "<replay>");
  EXPECT_EQ(who(hear(resolver, 7, kMidnight + 144 * 9 + 5, start_of(kMidnight + 144 * 9 + 5))), "c-1");
}

TEST(Window, ClockOfTheEpochAndOfTheFarFutureDoesNoHarm) {
  Resolver resolver({});
  resolver.upsert_customer(customer("c-1", {7}));
  resolver.add_key(key_record(7, 0));
  EXPECT_EQ(who(hear(resolver, 7, 0, at(0))), "c-1");
  EXPECT_EQ(who(hear(resolver, 7, 1, at(0))), "c-1");
  resolver.advance(UnixTime::max());
  EXPECT_EQ(resolver.stats().tokens_ready, 0U);
  resolver.advance(at(-5'000'000));
  EXPECT_EQ(resolver.stats().customers, 0U) << "consent not yet granted then";
}

TEST(Window, ReplacedAndErasedKeysActAtOnce) {
  Resolver resolver = with_device();
  const UnixTime now = start_of(kNoon);
  EXPECT_EQ(who(hear(resolver, 7, kNoon, now)), "c-1");
  resolver.add_key({7, kDay, testing::key_number(99)});
  EXPECT_EQ(who(hear(resolver, 7, kNoon, now)), "") << "the old key's token";
  testing::AdvertBuilder advert;
  advert.token(derive_rpi(derive_rpik(testing::key_number(99)), kNoon));
  EXPECT_EQ(who(resolver.resolve(advert.get(), testing::kPublic, now)), "c-1");
  resolver.erase_keys(kDay, 8);
  EXPECT_EQ(who(resolver.resolve(advert.get(), testing::kPublic, now)), "c-1");
  resolver.erase_keys(kDay, 7);
  EXPECT_EQ(who(resolver.resolve(advert.get(), testing::kPublic, now)), "");
  resolver.add_key(key_record(7, kDay));
  EXPECT_EQ(who(hear(resolver, 7, kNoon, now)), "c-1");
  resolver.erase_keys(kDay, std::nullopt);
  EXPECT_EQ(who(hear(resolver, 7, kNoon, now)), "");
  EXPECT_EQ(resolver.stats().tokens_ready, 0U);
  resolver.clear_keys();
  EXPECT_EQ(resolver.stats().keys, 0U);
}

TEST(Window, KeysMayComeBeforeCustomers) {
  Resolver resolver({});
  resolver.add_key(key_record(7, kDay));
  const UnixTime now = start_of(kNoon);
  EXPECT_EQ(who(hear(resolver, 7, kNoon, now)), "");
  EXPECT_EQ(resolver.stats().tokens_ready, 0U);
  resolver.upsert_customer(customer("c-1", {7}));
  EXPECT_EQ(who(hear(resolver, 7, kNoon, now)), "c-1");
  resolver.clear_customers();
  EXPECT_EQ(who(hear(resolver, 7, kNoon, now)), "");
  EXPECT_EQ(resolver.stats().keys, 1U);
  resolver.upsert_customer(customer("c-2", {7}));
  EXPECT_EQ(who(hear(resolver, 7, kNoon, now)), "c-2");
}

}  // namespace
}  // namespace aisle::identity
