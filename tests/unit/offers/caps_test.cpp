#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

Offer capped(CapScope scope, std::uint32_t count, seconds period, std::string group = "") {
  Offer made = offer("o");
  made.caps = {{scope, count, period}};
  made.group = std::move(group);
  return made;
}

TEST(Caps, CountTheRollingPeriodWithItsStartOutside) {
  Book book;
  const UnixTime now = book.question.now;
  book.with(capped(CapScope::offer, 1, seconds{3600}));
  EXPECT_EQ(book.why("o"), "made");
  book.decided("o", now - seconds{3600});
  EXPECT_EQ(book.why("o"), "made") << "exactly a period ago counts no more";
  book.decided("o", now - seconds{3600} + Duration{1});
  EXPECT_EQ(book.why("o"), "cap_offer");
}

TEST(Caps, CountUpToTheirCount) {
  Book book;
  book.with(capped(CapScope::offer, 3, seconds{3600}));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(book.why("o"), "made") << i;
    book.decided("o", book.question.now);
  }
  EXPECT_EQ(book.why("o"), "cap_offer");
}

TEST(Caps, CountDecisionsOfTheFutureAfterTheClockWasSetBack) {
  Book book;
  book.with(capped(CapScope::offer, 1, seconds{3600}));
  book.decided("o", book.question.now + seconds{86'400});
  EXPECT_EQ(book.why("o"), "cap_offer");
}

TEST(Caps, CountThisCustomerOnly) {
  Book book;
  book.with(capped(CapScope::store, 1, seconds{3600}));
  book.decided("o", book.question.now, "", "c-2");
  EXPECT_EQ(book.why("o"), "made");
}

TEST(Caps, OfferScopeCountsTheOffer) {
  Book book;
  book.with(capped(CapScope::offer, 1, seconds{3600}, "coffee"));
  book.decided("other", book.question.now, "coffee");
  EXPECT_EQ(book.why("o"), "made");
}

TEST(Caps, GroupScopeCountsTheGroup) {
  Book book;
  book.with(capped(CapScope::group, 2, seconds{3600}, "coffee"));
  book.decided("other", book.question.now, "coffee");
  book.decided("tea", book.question.now, "tea");
  book.decided("ungrouped", book.question.now);
  EXPECT_EQ(book.why("o"), "made");
  book.decided("gone", book.question.now, "coffee");
  EXPECT_EQ(book.why("o"), "cap_group");
}

TEST(Caps, GroupScopeWithoutAGroupCountsTheOfferAlone) {
  Book book;
  book.with(capped(CapScope::group, 1, seconds{3600}));
  book.decided("ungrouped", book.question.now);
  EXPECT_EQ(book.why("o"), "made");
  book.decided("o", book.question.now);
  EXPECT_EQ(book.why("o"), "cap_group");
}

TEST(Caps, StoreScopeCountsAllOffers) {
  Book book;
  book.with(capped(CapScope::store, 2, seconds{3600}));
  book.decided("a", book.question.now, "x");
  EXPECT_EQ(book.why("o"), "made");
  book.decided("b", book.question.now);
  EXPECT_EQ(book.why("o"), "cap_store");
}

TEST(Caps, EachOfSeveralBinds) {
  Book book;
  Offer made = capped(CapScope::offer, 1, seconds{60});
  made.caps.push_back({CapScope::offer, 2, seconds{86'400}});
  book.with(made);
  book.decided("o", book.question.now - seconds{3600});
  EXPECT_EQ(book.why("o"), "made");
  book.decided("o", book.question.now - seconds{1800});
  EXPECT_EQ(book.why("o"), "cap_offer");
}

TEST(Caps, APeriodBeyondAllTimeDoesNotOverflow) {
  Book book;
  book.with(capped(CapScope::offer, 1, seconds::max()));
  book.decided("o", book.question.now - seconds{86'400LL * 365 * 50});
  EXPECT_EQ(book.why("o"), "cap_offer");
  EXPECT_GT(book.book.longest_memory(), seconds{86'400LL * 365 * 50});
}

TEST(Caps, LetTheNextOfferThrough) {
  Book book;
  Offer first = capped(CapScope::offer, 1, seconds{3600});
  first.priority = 9;
  book.with(first).with(offer("p"));
  EXPECT_EQ(book.made(), "o");
  book.decided("o", book.question.now);
  EXPECT_EQ(book.made(), "p");
}

TEST(Cooldown, LastsSinceTheLastDecisionOfTheOffer) {
  Book book;
  Offer made = offer("o");
  made.cooldown = seconds{3600};
  book.with(made);
  book.decided("other", book.question.now);
  book.decided("o", book.question.now, "", "c-2");
  book.decided("o", book.question.now - seconds{3600});
  EXPECT_EQ(book.why("o"), "made");
  book.decided("o", book.question.now - seconds{3600} + Duration{1});
  EXPECT_EQ(book.why("o"), "cooldown");
}

}  // namespace
}  // namespace aisle::offers::test
