// Older intervals after newer ones are refused and counted; several tokens in one advert are not.
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

class Replay : public ::testing::Test {
 protected:
  Replay() : resolver_({}) {
    for (std::uint32_t ordinal = 1; ordinal <= 3; ++ordinal) {
      resolver_.upsert_customer(customer("c-" + std::to_string(ordinal), {ordinal}));
      resolver_.add_key(key_record(ordinal, kDay));
    }
    resolver_.advance(now_);
  }
  std::string resolve(const AdvertBuilder& advert) {
    return who(resolver_.resolve(advert.get(), testing::kPublic, now_));
  }
  const UnixTime now_ = start_of(kNoon) + seconds(10);
  Resolver resolver_;
};

TEST_F(Replay, OlderIntervalIsRefusedAndCounted) {
  EXPECT_EQ(who(hear(resolver_, 1, kNoon - 1, now_)), "c-1");
  EXPECT_EQ(who(hear(resolver_, 1, kNoon, now_)), "c-1");
  EXPECT_EQ(who(hear(resolver_, 1, kNoon, now_)), "c-1") << "the same interval again is no replay";
  EXPECT_EQ(resolver_.stats().replays, 0U);
  EXPECT_EQ(who(hear(resolver_, 1, kNoon - 1, now_)), "<replay>");
  EXPECT_EQ(who(hear(resolver_, 2, kNoon - 1, now_)), "c-2") << "another device is not concerned";
  EXPECT_EQ(resolver_.stats().replays, 1U);
}

TEST_F(Replay, IsRememberedOverARollAndAnUpsert) {
  EXPECT_EQ(who(hear(resolver_, 1, kNoon + 1, now_)), "c-1");
  resolver_.upsert_customer(customer("c-1", {1}));
  resolver_.add_key(key_record(1, kDay));
  EXPECT_EQ(who(hear(resolver_, 1, kNoon, start_of(kNoon + 1))), "<replay>");
  EXPECT_EQ(who(hear(resolver_, 1, kNoon + 1, start_of(kNoon + 1))), "c-1");
}

TEST_F(Replay, NewestOfSeveralCountsWhateverTheOrder) {
  AdvertBuilder rising;
  EXPECT_EQ(resolve(rising.token_of(1, kNoon - 1).token_of(1, kNoon)), "c-1");
  AdvertBuilder falling;
  EXPECT_EQ(resolve(falling.token_of(1, kNoon).token_of(1, kNoon - 1)), "c-1");
  EXPECT_EQ(resolver_.stats().replays, 0U);
  EXPECT_EQ(who(hear(resolver_, 1, kNoon - 1, now_)), "<replay>") << "the newer one has been heard";
}

TEST_F(Replay, NewestIntervalDecidesBetweenDevices) {
  AdvertBuilder both;
  EXPECT_EQ(resolve(both.token_of(1, kNoon - 1).token_of(2, kNoon)), "c-2");
  EXPECT_EQ(who(hear(resolver_, 1, kNoon - 1, now_)), "c-1") << "1 was passed over, not heard";
  // A replayed newer one does not hide one that resolves.
  EXPECT_EQ(who(hear(resolver_, 2, kNoon + 1, now_)), "c-2");
  AdvertBuilder mixed;
  EXPECT_EQ(resolve(mixed.token_of(2, kNoon).token_of(3, kNoon - 1)), "c-3");
}

TEST_F(Replay, UnusableCustomersAreNeitherResolvedNorCounted) {
  EXPECT_EQ(who(hear(resolver_, 1, kNoon, now_)), "c-1");
  resolver_.set_customers_usable(false);
  EXPECT_EQ(who(hear(resolver_, 1, kNoon, now_)), "");
  EXPECT_EQ(who(hear(resolver_, 1, kNoon - 1, now_)), "");
  EXPECT_EQ(resolver_.stats().replays, 0U);
  resolver_.set_customers_usable(true);
  EXPECT_EQ(who(hear(resolver_, 1, kNoon, now_)), "c-1");
}

TEST_F(Replay, ACallerThatForgotToAdvanceGetsNobody) {
  AdvertBuilder advert;
  advert.token_of(1, kNoon);
  EXPECT_EQ(who(resolver_.resolve(advert.get(), testing::kPublic, start_of(kNoon + 2))), "");
  EXPECT_EQ(who(resolver_.resolve(advert.get(), testing::kPublic, start_of(kNoon + 1))), "c-1");
}

TEST_F(Replay, HostileAdvertsFullOfTokens) {
  SeededRandom random(5);
  for (int i = 0; i < 2000; ++i) {
    AdvertBuilder advert;
    for (std::size_t n = 0; n < decode::kMaxBeacons; ++n) advert.token(testing::key_number(random.next()));
    ASSERT_EQ(resolve(advert), "");
  }
  decode::Decoded lying;
  lying.count = 255;
  EXPECT_EQ(resolver_.resolve(lying, testing::kPublic, now_).outcome, Outcome::unresolved);
}

}  // namespace
}  // namespace aisle::identity
