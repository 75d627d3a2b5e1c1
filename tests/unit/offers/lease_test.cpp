// Which unit a lease gives next, and that none is given twice.
#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

Lease lease(std::string id, std::uint64_t units, std::int64_t fence = 1) {
  Lease made;
  made.id = std::move(id);
  made.offer = "o";
  made.gateway = "g1";
  made.units = units;
  made.fence = fence;
  made.expires = utc("2026-03-03T00:00:00Z");
  return made;
}

class LeaseTest : public testing::Test {
 protected:
  LeaseTest() {
    Offer made = offer("o");
    made.coupon = Coupon{"", true};
    book_.with(std::move(made));
    leases().set_gateway("g1");
  }
  Leases& leases() { return book_.book.leases(); }
  // Decides and counts: "lease/fence/unit" or the code; else why not.
  std::string spend() {
    const Decision decision = book_.book.decide(book_.question);
    if (!decision.lease) return book_.why("o");
    leases().record(*decision.lease);
    const LeaseSpend& spent = *decision.lease;
    if (!spent.code.empty()) return spent.code;
    return spent.lease + "/" + std::to_string(spent.fence) + "/" + std::to_string(spent.unit);
  }
  Book book_;
};

TEST_F(LeaseTest, GivesEachUnitOnceThenRefuses) {
  leases().upsert(lease("l", 2));
  EXPECT_EQ(spend(), "l/1/1");
  EXPECT_EQ(spend(), "l/1/2");
  EXPECT_EQ(spend(), "lease_missing");
}

TEST_F(LeaseTest, WhatWasSpentStaysSpentWhenTheLeaseComesBack) {
  leases().upsert(lease("l", 2));
  EXPECT_EQ(spend(), "l/1/1");
  leases().clear();
  EXPECT_EQ(spend(), "lease_missing");
  leases().upsert(lease("l", 2));
  EXPECT_EQ(spend(), "l/1/2");
  EXPECT_EQ(spend(), "lease_missing");
  leases().upsert(lease("l", 3));
  EXPECT_EQ(spend(), "l/1/3") << "more units under the same fence";
}

TEST_F(LeaseTest, AHigherFenceIsANewGrantAndVoidsTheOld) {
  leases().upsert(lease("l", 1, 4));
  EXPECT_EQ(spend(), "l/4/1");
  leases().upsert(lease("l", 1, 5));
  EXPECT_EQ(spend(), "l/5/1");
  leases().upsert(lease("l", 9, 4));
  EXPECT_EQ(spend(), "lease_missing");
}

TEST_F(LeaseTest, ACodeIsNeverGivenAgainUnderNoFence) {
  auto codes = lease("l", 0);
  codes.codes = {"A1", "A2"};
  leases().upsert(codes);
  EXPECT_EQ(spend(), "A1");
  codes.fence = 2;
  codes.codes = {"A1", "A2", "A3"};
  leases().upsert(codes);
  EXPECT_EQ(spend(), "A2");
  EXPECT_EQ(spend(), "A3");
  EXPECT_EQ(spend(), "lease_missing");
}

TEST_F(LeaseTest, OnlyOurOwnAndNoneThatExpired) {
  auto other = lease("other", 5);
  other.gateway = "g2";
  auto over = lease("over", 5);
  over.expires = book_.question.now;
  leases().upsert(other);
  leases().upsert(over);
  EXPECT_EQ(spend(), "lease_missing");
  over.expires += Duration{1};
  leases().upsert(over);
  EXPECT_EQ(spend(), "over/1/1");
}

TEST_F(LeaseTest, TheOneThatExpiresFirstGoesFirst) {
  leases().upsert(lease("a", 5));
  auto soon = lease("z", 1);
  soon.expires -= seconds{60};
  leases().upsert(soon);
  EXPECT_EQ(spend(), "z/1/1");
  EXPECT_EQ(spend(), "a/1/1");
}

TEST_F(LeaseTest, NothingIsSpentWhileTheTimeIsNotKnown) {
  leases().upsert(lease("l", 2));
  book_.question.clock_trusted = false;
  EXPECT_EQ(spend(), "clock_untrusted");
}

TEST_F(LeaseTest, AHoldoutTakesNone) {
  leases().upsert(lease("l", 1));
  Offer held = offer("o");
  held.coupon = Coupon{"", true};
  held.holdout_percent = 100;
  book_.with(std::move(held));
  const Decision decision = book_.book.decide(book_.question);
  EXPECT_TRUE(decision.holdout);
  EXPECT_FALSE(decision.lease.has_value());
}

TEST_F(LeaseTest, Counts) {
  leases().upsert(lease("l", 3));
  leases().upsert(lease("m", 3));
  spend();
  leases().record({"gone", 1, 2, "", {}});
  const auto stats = leases().stats();
  EXPECT_EQ(stats.held, 2U);
  EXPECT_EQ(stats.units, 6U);
  EXPECT_EQ(stats.spent, 1U);
  EXPECT_EQ(stats.spent_before, 2U);
}

}  // namespace
}  // namespace aisle::offers::test
