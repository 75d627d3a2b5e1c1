// An offer book under test with one customer, and short ways to ask it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/offers/offers.hpp"

namespace aisle::offers::test {

inline UnixTime utc(std::string_view text) {
  const auto time = parse_rfc3339(text);
  EXPECT_TRUE(time.has_value()) << text;
  return time.value_or(UnixTime{});
}

inline Offer offer(std::string id) {
  Offer made;
  made.id = std::move(id);
  return made;
}

class Book {
 public:
  explicit Book(std::string_view zone_name = "Europe/Madrid") : book(OfferBook::create(zone_name).value()) {
    customer.id = "c-1";
    customer.offers = Consent{utc("2020-01-01T00:00:00Z"), std::nullopt, "ref"};
    question.customer = &customer;
    question.zone_id = "coffee";
    question.zone_categories = &categories;
    question.confidence = Confidence::high;
    question.assurance = Assurance::rotating;
    question.now = utc("2026-03-02T12:00:00Z");  // a Monday, 13:00 in Madrid
  }
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  Book& with(Offer made) {
    book.upsert(std::move(made));
    return *this;
  }
  // The id of the offer made; empty: none.
  std::string made() {
    const Decision decision = book.decide(question);
    return decision.offer == nullptr ? "" : decision.offer->id;
  }
  // Why that offer is not made; "made" when it is, "not there" when there is none of that id.
  std::string why(std::string_view id) {
    const auto all = every_reason(id);
    return all.empty() ? "made" : all.front();
  }
  // All that speaks against it.
  std::vector<std::string> every_reason(std::string_view id) {
    for (const Judged& judged : book.explain(question).offers) {
      if (judged.offer->id != id) continue;
      std::vector<std::string> out;
      for (const Refusal why : judged.why) out.emplace_back(to_string(why));
      expect_decided_the_same(id, out);
      return out;
    }
    return {"not there"};
  }
  std::string why_at(std::string_view id, std::string_view time) {
    question.now = utc(time);
    return why(id);
  }
  void decided(std::string offer_id, UnixTime at, std::string group = "", std::string who = "c-1") {
    book.record({std::move(who), std::move(offer_id), std::move(group), at});
  }

  OfferBook book;
  Customer customer;
  std::vector<std::string> categories;
  Question question;

 private:
  // A decision names the first reason, of offers that it looks at.
  void expect_decided_the_same(std::string_view id, const std::vector<std::string>& why) {
    const Decision decision = book.decide(question);
    EXPECT_EQ(decision.offer != nullptr && decision.offer->id == id, why.empty());
    for (const Refused& refused : decision.refused) {
      if (refused.offer == id) {
        EXPECT_EQ(to_string(refused.why), why.empty() ? "made" : why.front());
      }
    }
  }
};

}  // namespace aisle::offers::test
