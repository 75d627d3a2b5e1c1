#include <gmock/gmock.h>

#include <limits>
#include <utility>

#include "tests/unit/offers/book.hpp"

namespace aisle::offers::test {
namespace {

using testing::ElementsAre;

Offer ranked(std::string id, std::int64_t priority, double weight) {
  Offer made = offer(std::move(id));
  made.priority = priority;
  made.weight = weight;
  return made;
}

std::vector<std::string> ids(const OfferBook& book) {
  std::vector<std::string> out;
  for (const Offer* entry : book.ranked()) out.push_back(entry->id);
  return out;
}

TEST(Rank, IsPriorityThenWeightThenLowerId) {
  Book book;
  book.with(ranked("b", 1, 1)).with(ranked("a", 1, 1)).with(ranked("heavy", 1, 2)).with(ranked("first", 2, 0.1));
  EXPECT_THAT(ids(book.book), ElementsAre("first", "heavy", "a", "b"));
  EXPECT_EQ(book.made(), "first");
  EXPECT_EQ(book.why("heavy"), "outranked");
}

TEST(Rank, FollowsUpsertsAndErasures) {
  Book book;
  book.with(ranked("a", 1, 1)).with(ranked("b", 2, 1));
  EXPECT_EQ(book.made(), "b");
  book.with(ranked("a", 3, 1));
  EXPECT_EQ(book.made(), "a");
  EXPECT_TRUE(book.book.erase("a"));
  EXPECT_FALSE(book.book.erase("a"));
  EXPECT_EQ(book.made(), "b");
  book.book.clear();
  EXPECT_EQ(book.made(), "");
}

TEST(Rank, SurvivesAWeightThatIsNoNumber) {
  Book book;
  book.with(ranked("a", 1, std::numeric_limits<double>::quiet_NaN())).with(ranked("b", 1, 1)).with(ranked("c", 1, 0));
  EXPECT_THAT(ids(book.book), ElementsAre("b", "a", "c"));
}

TEST(Decide, TakesTheFirstThatPassesAndNamesTheOthersInOrder) {
  Book book;
  Offer elsewhere = ranked("elsewhere", 9, 1);
  elsewhere.zones = {"tea"};
  Offer gold = ranked("gold", 1, 1);
  gold.segments_any = {"gold"};
  book.with(elsewhere).with(ranked("winner", 5, 1)).with(ranked("loser", 4, 1)).with(gold);
  const Decision decision = book.book.decide(book.question);
  ASSERT_NE(decision.offer, nullptr);
  EXPECT_EQ(decision.offer->id, "winner");
  std::vector<std::pair<std::string, std::string_view>> refused;
  for (const auto& entry : decision.refused) refused.emplace_back(entry.offer, to_string(entry.why));
  EXPECT_THAT(refused, ElementsAre(std::pair("loser", "outranked"), std::pair("gold", "segment")));
}

TEST(Decide, LooksOnlyAtOffersOfTheZone) {
  Book book;
  Offer elsewhere = ranked("elsewhere", 9, 1);
  elsewhere.zones = {"tea"};
  Offer twice = ranked("twice", 3, 1);
  twice.zones = {"coffee", "tea"};
  twice.zone_categories = {"hot", "drinks"};
  Offer hot = ranked("hot", 4, 1);
  hot.zone_categories = {"hot"};
  book.with(elsewhere).with(twice).with(hot).with(ranked("everywhere", 2, 1));
  book.categories = {"hot", "drinks"};
  const auto looked_at = [&] {
    const Decision decision = book.book.decide(book.question);
    std::vector<std::string> all = {decision.offer->id};
    for (const auto& entry : decision.refused) all.push_back(entry.offer);
    return all;
  };
  EXPECT_THAT(looked_at(), ElementsAre("hot", "twice", "everywhere")) << "each once, by rank";
  twice.zones = {"tea"};
  twice.zone_categories = {};
  book.with(twice);
  EXPECT_THAT(looked_at(), ElementsAre("hot", "everywhere"));
  book.book.erase("hot");
  EXPECT_THAT(looked_at(), ElementsAre("everywhere"));
}

TEST(Decide, LooksOnlyAtOffersOfTheTrigger) {
  Book book;
  Offer leaving = offer("leaving");
  leaving.trigger = Trigger::exit;
  book.with(leaving);
  EXPECT_EQ(book.made(), "");
  EXPECT_TRUE(book.book.decide(book.question).refused.empty());
  EXPECT_EQ(book.why("leaving"), "trigger");
  book.question.trigger = Trigger::exit;
  EXPECT_EQ(book.why("leaving"), "made");
}

TEST(Decide, Counts) {
  Book book;
  Offer held = offer("held");
  held.holdout_percent = 100;
  book.with(held).with(offer("other"));
  EXPECT_EQ(book.made(), "held");
  book.question.trigger = Trigger::exit;
  EXPECT_EQ(book.made(), "");
  const OfferStats stats = book.book.stats();
  EXPECT_EQ(stats.offers, 2U);
  EXPECT_EQ(stats.decided, 1U);
  EXPECT_EQ(stats.holdouts, 1U);
  EXPECT_EQ(stats.none, 1U);
  EXPECT_EQ(stats.refused.at("outranked"), 1U);
  EXPECT_EQ(stats.refused.size(), 1U);
}

TEST(Decide, RefusalsHaveTheirNames) {
  EXPECT_EQ(to_string(Refusal::no_consent), "no_consent");
  EXPECT_EQ(to_string(Refusal::dwell_too_short), "dwell_too_short");
  EXPECT_EQ(to_string(Refusal::cap_store), "cap_store");
  EXPECT_EQ(to_string(Refusal::outranked), "outranked");
}

// Everything is wrong with it; it expired before it began.
Offer bad_offer() {
  Offer bad = offer("bad");
  bad.zones = {"tea"};
  bad.valid_from = utc("2030-01-01T00:00:00Z");
  bad.days = 0;
  bad.hours = {{0, 1}};
  bad.segments_any = {"gold"};
  bad.tier_min = 9;
  bad.min_dwell = seconds{50};
  bad.min_confidence = Confidence::high;
  bad.min_assurance = Assurance::challenge;
  bad.group = "g";
  bad.caps = {{CapScope::store, 0, seconds{9}}, {CapScope::group, 0, seconds{9}}, {CapScope::offer, 0, seconds{9}}};
  bad.cooldown = seconds{3600};
  bad.coupon = Coupon{"", true};
  bad.min_stock = 1;
  return bad;
}

// And with the circumstances.
void spoil(Book& book) {
  book.question.confidence = Confidence::low;
  book.question.clock_trusted = false;
  book.customer.offers.reset();
  book.decided("bad", book.question.now);
}

// What is repaired uncovers the next reason.
TEST(Decide, NamesTheFirstReasonInTheFixedOrder) {
  Book book;
  Offer bad = bad_offer();
  spoil(book);
  std::vector<std::string> reasons;
  const auto next = [&] { reasons.push_back(book.with(bad).why("bad")); };
  next(), book.customer.offers = Consent{};
  next(), book.question.clock_trusted = true;
  next(), bad.zones.clear();
  next(), bad.valid_from.reset(), bad.valid_until = utc("2020-01-01T00:00:00Z");
  next(), bad.valid_until.reset();
  next(), bad.days = 0x7F;
  next(), bad.hours.clear();
  next(), bad.segments_any.clear();
  next(), bad.tier_min.reset();
  next(), bad.min_dwell.reset();
  next(), bad.min_confidence.reset();
  next(), bad.min_assurance.reset();
  next(), bad.caps.pop_back();
  next(), bad.caps.pop_back();
  next(), bad.caps.pop_back();
  next(), bad.cooldown.reset();
  next(), bad.coupon.reset();
  next(), bad.min_stock.reset();
  next();
  EXPECT_THAT(reasons, ElementsAre("no_consent", "clock_untrusted", "zone", "not_yet_valid", "expired", "day", "hour",
                                   "segment", "tier", "dwell_too_short", "confidence", "assurance", "cap_offer",
                                   "cap_group", "cap_store", "cooldown", "lease_missing", "stock_unknown", "made"));
}

TEST(Explain, NamesEveryReasonInTheFixedOrder) {
  Book book;
  Offer bad = bad_offer();
  bad.trigger = Trigger::exit;
  bad.valid_until = utc("2020-01-01T00:00:00Z");
  spoil(book);
  EXPECT_THAT(book.with(bad).every_reason("bad"),
              ElementsAre("no_consent", "clock_untrusted", "trigger", "zone", "not_yet_valid", "expired", "day",
                          "segment", "tier", "dwell_too_short", "confidence", "assurance", "cap_offer", "cap_group",
                          "cap_store", "cooldown", "lease_missing", "stock_unknown"));
}

TEST(Explain, LooksAtEveryOfferAndCountsNothing) {
  Book book;
  Offer elsewhere = ranked("elsewhere", 9, 1);
  elsewhere.zones = {"tea"};
  Offer capped = ranked("capped", 5, 1);
  capped.caps = {{CapScope::offer, 1, seconds{3600}}};
  capped.holdout_percent = 100;
  book.with(elsewhere).with(capped).with(ranked("loser", 4, 1));
  for (int i = 0; i < 2; ++i) {
    const Explanation told = std::as_const(book.book).explain(book.question);
    ASSERT_EQ(told.offers.size(), 3U);
    EXPECT_THAT(told.offers[0].why, ElementsAre(Refusal::zone));
    EXPECT_EQ(told.winner, told.offers[1].offer);
    EXPECT_TRUE(told.holdout);
    EXPECT_THAT(told.offers[2].why, ElementsAre(Refusal::outranked));
  }
  EXPECT_EQ(std::as_const(book.book).explain(book.question).runner_up->id, "loser");
  const Explanation some = book.book.explain(book.question, 1);
  ASSERT_EQ(some.offers.size(), 1U) << "of those that are made here";
  EXPECT_EQ(some.offers[0].offer->id, "capped");
  EXPECT_EQ(some.left_out, 2U);
  EXPECT_EQ(some.runner_up->id, "loser") << "though left out";
  EXPECT_EQ(book.book.stats().remembered_decisions, 0U);
  EXPECT_EQ(book.book.stats().decided, 0U);
  EXPECT_TRUE(book.book.stats().refused.empty());
}

TEST(Explain, TheWinnerIsToldHoweverFarDown) {
  Book book;
  Offer silver = ranked("silver", 9, 1);
  silver.segments_any = {"silver"};
  book.with(silver).with(ranked("winner", 5, 1)).with(ranked("loser", 4, 1));
  const Explanation told = book.book.explain(book.question, 1);
  ASSERT_EQ(told.offers.size(), 2U);
  EXPECT_EQ(told.offers[1].offer, told.winner);
  EXPECT_EQ(told.winner->id, "winner");
  EXPECT_EQ(told.left_out, 1U);
}

}  // namespace
}  // namespace aisle::offers::test
