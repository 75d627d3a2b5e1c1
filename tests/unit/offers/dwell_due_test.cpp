#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

Offer dwelling(std::string id, std::optional<seconds> min_dwell, std::vector<std::string> zones = {}) {
  Offer made = offer(std::move(id));
  made.trigger = Trigger::dwell;
  made.min_dwell = min_dwell;
  made.zones = std::move(zones);
  return made;
}

TEST(NextDwellDue, IsTheSmallestBeyondTheDwellSoFarThatFitsTheZone) {
  Book book;
  book.with(dwelling("a", seconds{90})).with(dwelling("b", seconds{30}, {"coffee"})).with(dwelling("c", std::nullopt));
  book.with(dwelling("elsewhere", seconds{10}, {"tea"}));
  const auto due = [&](seconds dwell) { return book.book.next_dwell_due("coffee", {}, dwell, seconds{60}); };
  EXPECT_EQ(due(seconds{0}), seconds{30});
  EXPECT_EQ(due(seconds{29}), seconds{30});
  EXPECT_EQ(due(seconds{30}), seconds{60}) << "the default dwell of c";
  EXPECT_EQ(due(seconds{60}), seconds{90});
  EXPECT_EQ(due(seconds{90}), std::nullopt);
}

TEST(NextDwellDue, KnowsCategoriesAndOnlyDwellOffers) {
  Book book;
  Offer made = dwelling("a", seconds{20});
  made.zone_categories = {"hot-drinks"};
  Offer entering = offer("enter");
  entering.min_dwell = seconds{5};
  book.with(made).with(entering);
  EXPECT_EQ(book.book.next_dwell_due("coffee", {}, seconds{0}, seconds{60}), std::nullopt);
  EXPECT_EQ(book.book.next_dwell_due("coffee", {"hot-drinks"}, seconds{0}, seconds{60}), seconds{20});
}

}  // namespace
}  // namespace aisle::offers::test
