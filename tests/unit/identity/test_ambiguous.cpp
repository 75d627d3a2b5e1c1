// What two claim resolves to nobody, and to the one left when the other goes.
#include <gtest/gtest.h>

#include "tests/unit/identity/fixture.hpp"

namespace aisle::identity {
namespace {

using testing::AdvertBuilder;
using testing::customer;
using testing::hear;
using testing::key_record;
using testing::start_of;
using testing::who;

constexpr std::int32_t kDay = 20779;
constexpr std::uint32_t kNoon = kDay * 144U + 72;
const UnixTime kNow = start_of(kNoon);

TEST(Ambiguous, OrdinalOfTwoCustomers) {
  Resolver resolver({});
  resolver.add_key(key_record(7, kDay));
  auto a = customer("a", {});
  a.devices = {{7, 3}, {7, 9}};  // its own repetition is no contest
  auto b = customer("b", {});
  b.devices = {{7, -5}};
  resolver.upsert_customer(a);
  EXPECT_EQ(who(hear(resolver, 7, kNoon, kNow)), "a");
  resolver.upsert_customer(b);
  resolver.upsert_customer(customer("c", {7}));
  EXPECT_EQ(who(hear(resolver, 7, kNoon, kNow)), "<ambiguous>");
  EXPECT_EQ(resolver.stats().ambiguous, 1U);
  resolver.erase_customer("c");
  EXPECT_EQ(who(hear(resolver, 7, kNoon, kNow)), "<ambiguous>");
  resolver.erase_customer("a");
  const Resolution left = hear(resolver, 7, kNoon, kNow);
  EXPECT_EQ(who(left), "b");
  EXPECT_EQ(left.tx_offset_db, -5);
  resolver.upsert_customer(a);
  resolver.erase_customer("b");
  EXPECT_EQ(hear(resolver, 7, kNoon, kNow).tx_offset_db, 3);
  resolver.erase_customer("a");
  EXPECT_EQ(who(hear(resolver, 7, kNoon, kNow)), "");
  EXPECT_EQ(resolver.stats().tokens_ready, 0U);
}

TEST(Ambiguous, SameKeyOfTwoDevices) {
  Resolver resolver({});
  for (std::uint32_t ordinal = 1; ordinal <= 3; ++ordinal) {
    resolver.upsert_customer(customer("c-" + std::to_string(ordinal), {ordinal}));
  }
  resolver.advance(kNow);
  const auto same = testing::day_key(1, kDay);
  for (std::uint32_t ordinal = 1; ordinal <= 3; ++ordinal) resolver.add_key({ordinal, kDay, same});
  EXPECT_EQ(who(hear(resolver, 1, kNoon, kNow)), "<ambiguous>");
  resolver.erase_keys(kDay, 1);
  EXPECT_EQ(who(hear(resolver, 1, kNoon, kNow)), "<ambiguous>");
  resolver.erase_customer("c-3");
  EXPECT_EQ(who(hear(resolver, 1, kNoon, kNow)), "c-2");
  // The next window is built the same way.
  resolver.add_key({1, kDay, same});
  while (resolver.prepare(1)) {
  }
  EXPECT_EQ(who(hear(resolver, 1, kNoon + 5, start_of(kNoon + 5))), "<ambiguous>");
  EXPECT_EQ(who(hear(resolver, 1, kNoon + 6, start_of(kNoon + 6))), "<ambiguous>");
}

TEST(Ambiguous, WhoHasNoConsentClaimsNothing) {
  Resolver resolver({});
  resolver.add_key(key_record(7, kDay));
  resolver.upsert_customer(customer("a", {7}));
  auto b = customer("b", {7});
  b.proximity->expires_at = kNow + seconds(5);
  resolver.upsert_customer(b);
  EXPECT_EQ(who(hear(resolver, 7, kNoon, kNow)), "<ambiguous>");
  EXPECT_EQ(who(hear(resolver, 7, kNoon, kNow + seconds(5))), "a");
}

TEST(Ambiguous, AnotherTokenOfTheAdvertMayStillResolve) {
  Resolver resolver({});
  resolver.upsert_customer(customer("a", {7}));
  resolver.upsert_customer(customer("b", {7, 8}));
  resolver.add_key(key_record(7, kDay));
  resolver.add_key(key_record(8, kDay));
  resolver.advance(kNow);
  AdvertBuilder both;
  both.token_of(7, kNoon).token_of(8, kNoon);
  EXPECT_EQ(who(resolver.resolve(both.get(), testing::kPublic, kNow)), "b");
}

}  // namespace
}  // namespace aisle::identity
