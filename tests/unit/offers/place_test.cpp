#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

TEST(Place, AnOfferWithoutZonesFitsEverywhere) {
  Book book;
  EXPECT_EQ(book.with(offer("o")).why("o"), "made");
}

TEST(Place, AZoneOrACategoryIsEnough) {
  Book book;
  Offer made = offer("o");
  made.zones = {"tea", "coffee"};
  EXPECT_EQ(book.with(made).why("o"), "made");
  made.zones = {"tea"};
  EXPECT_EQ(book.with(made).why("o"), "zone");
  made.zone_categories = {"cold", "hot-drinks"};
  EXPECT_EQ(book.with(made).why("o"), "zone");
  book.categories = {"hot-drinks"};
  EXPECT_EQ(book.with(made).why("o"), "made");
  made.zones.clear();
  EXPECT_EQ(book.with(made).why("o"), "made");
  book.question.zone_categories = nullptr;
  EXPECT_EQ(book.why("o"), "zone");
}

TEST(Place, MinDwellBindsEnterAndExitOffersOnlyWhenGiven) {
  Book book;
  Offer made = offer("o");
  EXPECT_EQ(book.with(made).why("o"), "made");
  made.min_dwell = seconds{30};
  book.question.dwell = milliseconds{29'999};
  EXPECT_EQ(book.with(made).why("o"), "dwell_too_short");
  book.question.dwell = seconds{30};
  EXPECT_EQ(book.why("o"), "made");
}

TEST(Place, ADwellOfferFallsDueAtItsMinDwellOrTheDefault) {
  Book book;
  Offer made = offer("o");
  made.trigger = Trigger::dwell;
  book.question.trigger = Trigger::dwell;
  book.question.dwell = milliseconds{59'999};
  EXPECT_EQ(book.with(made).why("o"), "dwell_too_short");
  book.question.dwell = seconds{60};
  EXPECT_EQ(book.why("o"), "made");
  made.min_dwell = seconds{90};
  EXPECT_EQ(book.with(made).why("o"), "dwell_too_short");
  made.min_dwell = seconds{20};
  book.question.dwell = seconds{20};
  EXPECT_EQ(book.with(made).why("o"), "made");
}

}  // namespace
}  // namespace aisle::offers::test
