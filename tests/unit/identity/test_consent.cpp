// Customers resolve only while their proximity consent is current.
#include <gtest/gtest.h>

#include "tests/unit/identity/fixture.hpp"

namespace aisle::identity {
namespace {

using testing::at;
using testing::customer;
using testing::hear;
using testing::key_record;
using testing::who;

constexpr std::int32_t kDay = 20779;
constexpr std::int64_t kNoon = std::int64_t{kDay} * 86400 + 43200;
constexpr auto kInterval = static_cast<std::uint32_t>(kNoon / 600);
using Ids = std::vector<std::string>;

Customer with_consent(std::string id, std::uint32_t ordinal, std::int64_t from, std::optional<std::int64_t> until) {
  auto c = customer(std::move(id), {ordinal});
  c.proximity->granted_at = at(from);
  if (until) c.proximity->expires_at = at(*until);
  return c;
}

TEST(ConsentGate, WithoutConsentNobody) {
  Resolver resolver({});
  auto c = customer("c-1", {1});
  c.proximity.reset();
  c.offers = Consent{at(0), std::nullopt, "x"};
  resolver.upsert_customer(c);
  resolver.add_key(key_record(1, kDay));
  EXPECT_EQ(who(hear(resolver, 1, kInterval, at(kNoon))), "");
  EXPECT_EQ(resolver.stats().customers, 0U);
  EXPECT_EQ(resolver.stats().without_consent, 1U);
  EXPECT_EQ(resolver.stats().tokens_ready, 0U);
  ASSERT_NE(resolver.find_customer("c-1"), nullptr);
}

TEST(ConsentGate, BeginsAndEndsToTheMicrosecond) {
  Resolver resolver({});
  resolver.add_key(key_record(1, kDay));
  resolver.upsert_customer(with_consent("c-1", 1, kNoon + 10, kNoon + 20));
  EXPECT_EQ(who(hear(resolver, 1, kInterval, at(kNoon))), "");
  EXPECT_EQ(who(hear(resolver, 1, kInterval, at(kNoon + 10) - Duration(1))), "");
  EXPECT_EQ(who(hear(resolver, 1, kInterval, at(kNoon + 10))), "c-1");
  EXPECT_EQ(resolver.advance(at(kNoon + 20) - Duration(1)), Ids{});
  EXPECT_EQ(resolver.stats().customers, 1U);
  EXPECT_EQ(resolver.advance(at(kNoon + 20)), Ids{"c-1"});
  EXPECT_EQ(resolver.advance(at(kNoon + 21)), Ids{}) << "said once";
  EXPECT_EQ(who(hear(resolver, 1, kInterval, at(kNoon + 21))), "");
  EXPECT_EQ(resolver.stats().tokens_ready, 0U);
}

TEST(ConsentGate, FirstAdvanceEnrolsWhatIsCurrentThen) {
  Resolver resolver({});
  resolver.upsert_customer(with_consent("past", 1, 0, kNoon));
  resolver.upsert_customer(with_consent("now", 2, 0, kNoon + 1));
  resolver.upsert_customer(with_consent("later", 3, kNoon + 1, std::nullopt));
  EXPECT_EQ(resolver.stats().customers, 0U);
  EXPECT_EQ(resolver.advance(at(kNoon)), Ids{}) << "none was enrolled before";
  EXPECT_EQ(resolver.stats().customers, 1U);
  EXPECT_EQ(resolver.advance(at(kNoon + 1)), Ids{"now"});
  EXPECT_EQ(resolver.stats().customers, 1U);
}

TEST(ConsentGate, AJumpOverAWholeConsentIsSilent) {
  Resolver resolver({});
  resolver.upsert_customer(with_consent("c-1", 1, kNoon + 10, kNoon + 20));
  resolver.advance(at(kNoon));
  EXPECT_EQ(resolver.advance(at(kNoon + 30)), Ids{});
  EXPECT_EQ(resolver.stats().customers, 0U);
  // And back into it.
  EXPECT_EQ(resolver.advance(at(kNoon + 15)), Ids{});
  EXPECT_EQ(resolver.stats().customers, 1U);
  EXPECT_EQ(resolver.advance(at(kNoon + 5)), Ids{"c-1"}) << "before it was granted it is not current either";
  EXPECT_EQ(resolver.stats().customers, 0U);
  resolver.advance(at(kNoon + 10));
  EXPECT_EQ(resolver.stats().customers, 1U);
}

TEST(ConsentGate, ReplacedRecordsLeaveNoOldChangeBehind) {
  Resolver resolver({});
  resolver.advance(at(kNoon));
  resolver.upsert_customer(with_consent("c-1", 1, 0, kNoon + 10));
  resolver.upsert_customer(with_consent("c-1", 1, 0, kNoon + 100));
  EXPECT_EQ(resolver.advance(at(kNoon + 50)), Ids{});
  EXPECT_EQ(resolver.stats().customers, 1U);
  EXPECT_TRUE(resolver.erase_customer("c-1"));
  EXPECT_FALSE(resolver.erase_customer("c-1"));
  resolver.upsert_customer(with_consent("c-2", 2, 0, std::nullopt));  // takes the slot
  EXPECT_EQ(resolver.advance(at(kNoon + 200)), Ids{});
  EXPECT_EQ(resolver.stats().customers, 1U);
}

TEST(ConsentGate, WithdrawnByUpsertActsAtOnceAndIsNotReported) {
  Resolver resolver({});
  resolver.add_key(key_record(1, kDay));
  resolver.upsert_customer(with_consent("c-1", 1, 0, kNoon + 10));
  EXPECT_EQ(who(hear(resolver, 1, kInterval, at(kNoon))), "c-1");
  auto withdrawn = customer("c-1", {1});
  withdrawn.proximity.reset();
  resolver.upsert_customer(withdrawn);
  EXPECT_EQ(who(hear(resolver, 1, kInterval, at(kNoon))), "");
  EXPECT_EQ(resolver.advance(at(kNoon + 20)), Ids{});
}

TEST(ConsentGate, ManyUpsertsDoNotGrowTheQueueWithoutBound) {
  Resolver resolver({});
  resolver.advance(at(kNoon));
  for (int i = 0; i < 50'000; ++i) resolver.upsert_customer(with_consent("c-1", 1, 0, kNoon + 1000 + i));
  EXPECT_LT(resolver.stats().bytes, 400'000U);
  EXPECT_EQ(resolver.advance(at(kNoon + 1000 + 49'998)), Ids{});
  EXPECT_EQ(resolver.advance(at(kNoon + 1000 + 49'999)), Ids{"c-1"});
}

}  // namespace
}  // namespace aisle::identity
