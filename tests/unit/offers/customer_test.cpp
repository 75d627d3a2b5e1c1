#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

TEST(Customer, WithoutCurrentConsentToOffersGetsNone) {
  Book book;
  book.with(offer("o"));
  EXPECT_EQ(book.why("o"), "made");
  book.customer.offers->expires_at = book.question.now;
  EXPECT_EQ(book.why("o"), "no_consent") << "expires at the moment itself";
  book.customer.offers->expires_at = book.question.now + Duration{1};
  EXPECT_EQ(book.why("o"), "made");
  book.customer.offers->granted_at = book.question.now + Duration{1};
  EXPECT_EQ(book.why("o"), "no_consent") << "not granted yet";
  book.customer.offers.reset();
  book.customer.proximity = Consent{};
  book.customer.analytics = Consent{};
  EXPECT_EQ(book.why("o"), "no_consent") << "other consents do not count";
  book.question.customer = nullptr;
  EXPECT_EQ(book.why("o"), "no_consent");
}

TEST(Customer, SegmentsAnyAllNone) {
  Book book;
  book.customer.segments = {"gold", "local"};
  Offer made = offer("o");
  made.segments_any = {"silver", "gold"};
  EXPECT_EQ(book.with(made).why("o"), "made");
  made.segments_any = {"silver"};
  EXPECT_EQ(book.with(made).why("o"), "segment");
  made.segments_any.clear();
  made.segments_all = {"gold", "local"};
  EXPECT_EQ(book.with(made).why("o"), "made");
  made.segments_all = {"gold", "new"};
  EXPECT_EQ(book.with(made).why("o"), "segment");
  made.segments_all.clear();
  made.segments_none = {"staff"};
  EXPECT_EQ(book.with(made).why("o"), "made");
  made.segments_none = {"staff", "local"};
  EXPECT_EQ(book.with(made).why("o"), "segment");
}

TEST(Customer, TierIsAtLeast) {
  Book book;
  Offer made = offer("o");
  made.tier_min = 2;
  book.customer.tier = 1;
  EXPECT_EQ(book.with(made).why("o"), "tier");
  book.customer.tier = 2;
  EXPECT_EQ(book.why("o"), "made");
  book.customer.tier = 3;
  EXPECT_EQ(book.why("o"), "made");
}

TEST(Customer, ConfidenceAndAssuranceAreAtLeast) {
  Book book;
  Offer made = offer("o");
  made.min_confidence = Confidence::medium;
  made.min_assurance = Assurance::rotating;
  book.with(made);
  book.question.confidence = Confidence::low;
  EXPECT_EQ(book.why("o"), "confidence");
  book.question.confidence = Confidence::medium;
  EXPECT_EQ(book.why("o"), "made");
  book.question.assurance = Assurance::static_id;
  EXPECT_EQ(book.why("o"), "assurance");
  book.question.assurance = Assurance::challenge;
  EXPECT_EQ(book.why("o"), "made");
}

TEST(Customer, LeasesAndStockThatAreNotKnownRefuse) {
  Book book;
  Offer made = offer("o");
  made.coupon = Coupon{"X1", false};
  made.skus = {"4006381333931"};
  EXPECT_EQ(book.with(made).why("o"), "made") << "a code of its own needs no lease, a SKU alone no stock";
  made.min_stock = 1;
  EXPECT_EQ(book.with(made).why("o"), "stock_unknown");
  made.coupon = Coupon{"", true};
  EXPECT_EQ(book.with(made).why("o"), "lease_missing");
}

}  // namespace
}  // namespace aisle::offers::test
