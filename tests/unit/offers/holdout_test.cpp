#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

// Buckets by hand, as in: printf 'latte\0c-1' | sha256sum | cut -c1-16, read as a number, mod 10,000.
//   latte: c-1 427, c-2 5869, c-3 4393, c-4 526, c-81f2 3775.  x1: c-1 424, c-2 214, c-81f2 9360.

TEST(Holdout, IsTheBucketBelowPercentTimesAHundred) {
  EXPECT_TRUE(in_holdout("latte", "c-1", 4.28));
  EXPECT_FALSE(in_holdout("latte", "c-1", 4.27));
  EXPECT_TRUE(in_holdout("latte", "c-2", 58.70));
  EXPECT_FALSE(in_holdout("latte", "c-2", 58.69));
  EXPECT_TRUE(in_holdout("latte", "c-81f2", 37.76));
  EXPECT_FALSE(in_holdout("latte", "c-81f2", 37.75));
  EXPECT_TRUE(in_holdout("x1", "c-81f2", 93.61));
  EXPECT_FALSE(in_holdout("x1", "c-81f2", 93.60));
}

TEST(Holdout, OfNothingAndOfAll) {
  EXPECT_FALSE(in_holdout("latte", "c-1", 0));
  EXPECT_FALSE(in_holdout("latte", "c-1", -5));
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(in_holdout("latte", "c" + std::to_string(i), 100));
}

TEST(Holdout, TakesAboutItsShare) {
  int held = 0;
  for (int i = 0; i < 20000; ++i) held += in_holdout("x", "c" + std::to_string(i), 5) ? 1 : 0;
  EXPECT_NEAR(held, 1000, 100);
}

TEST(Holdout, IsOfTheExperimentOrElseOfTheOffer) {
  Book book;
  book.customer.id = "c-2";
  Offer latte = offer("latte");
  latte.holdout_percent = 5;  // latte c-2 has bucket 5869, x1 c-2 214
  book.with(latte);
  EXPECT_FALSE(book.book.decide(book.question).holdout);
  latte.experiment = "x1";
  book.with(latte);
  const Decision decision = book.book.decide(book.question);
  ASSERT_NE(decision.offer, nullptr);
  EXPECT_TRUE(decision.holdout);
}

}  // namespace
}  // namespace aisle::offers::test
