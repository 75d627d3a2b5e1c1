#include "agent/offers/history.hpp"

#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

Offer with_memory(std::string id, seconds cap_period, std::optional<seconds> cooldown) {
  Offer made = offer(std::move(id));
  made.caps = {{CapScope::store, 1, cap_period}};
  made.cooldown = cooldown;
  return made;
}

TEST(Memory, IsTheLongestCapOrCooldownOfAnyOffer) {
  Book book;
  EXPECT_EQ(book.book.longest_memory(), seconds{0});
  book.with(with_memory("a", seconds{100}, seconds{50})).with(with_memory("b", seconds{10}, seconds{700}));
  EXPECT_EQ(book.book.longest_memory(), seconds{700});
  book.book.erase("b");
  EXPECT_EQ(book.book.longest_memory(), seconds{100});
}

TEST(Memory, PruneForgetsOnlyWhatNothingCanReach) {
  Book book;
  book.with(with_memory("o", seconds{100}, std::nullopt));
  const UnixTime now = book.question.now;
  book.decided("o", now - seconds{100});
  book.decided("o", now - seconds{100} + Duration{1});
  book.decided("o", now + seconds{5}, "g", "c-2");
  book.book.prune(now + kClockSlack - seconds{1});
  EXPECT_EQ(book.book.stats().remembered_decisions, 3U);
  book.book.prune(now + kClockSlack);
  EXPECT_EQ(book.book.stats().remembered_decisions, 2U);
  EXPECT_EQ(book.why("o"), "cap_store");
  book.book.prune(now + kClockSlack + seconds{1000});
  EXPECT_EQ(book.book.stats().remembered_decisions, 0U);
  EXPECT_EQ(book.why("o"), "made");
}

TEST(Memory, ForgetCustomerForgetsOnlyThem) {
  Book book;
  book.with(with_memory("o", seconds{100}, std::nullopt));
  book.decided("o", book.question.now);
  book.decided("o", book.question.now, "", "c-2");
  book.book.forget_customer("c-1");
  book.book.forget_customer("nobody");
  EXPECT_EQ(book.book.stats().remembered_decisions, 1U);
  EXPECT_EQ(book.why("o"), "made");
  book.customer.id = "c-2";
  EXPECT_EQ(book.why("o"), "cap_store");
}

TEST(Memory, OfAnOfferOutlivesItsErasure) {
  Book book;
  const Offer made = with_memory("o", seconds{100}, std::nullopt);
  book.with(made);
  book.decided("o", book.question.now);
  book.book.clear();
  book.with(made);
  EXPECT_EQ(book.why("o"), "cap_store");
}

TEST(Names, AreReusedOnceNobodyHoldsThem) {
  Names names;
  const auto a = names.hold("a");
  EXPECT_EQ(names.hold("a"), a);
  const auto b = names.hold("b");
  EXPECT_NE(a, b);
  names.release(a);
  EXPECT_EQ(names.find("a"), a);
  names.release(a);
  EXPECT_EQ(names.find("a"), Names::kNone);
  EXPECT_EQ(names.hold("c"), a);
  EXPECT_EQ(names.find("b"), b);
}

}  // namespace
}  // namespace aisle::offers::test
