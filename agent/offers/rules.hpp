// The contract's rules, one after another in the order in which a refusal is named.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/offers/calendar.hpp"
#include "agent/offers/history.hpp"

namespace aisle::offers {

// What is the same for every offer of one question.
struct Circumstances {
  const Question& question;
  LocalMoment local;
  const History& history;
  const Leases& leases;
  const std::vector<History::Entry>* past;  // this customer's decisions; nullptr: none
};

// The first rule that refuses the offer; nothing when it may be made. The rank is the caller's.
[[nodiscard]] std::optional<Refusal> refusal(const Offer& offer, const Circumstances& now);
// Every rule that does, in the same order.
[[nodiscard]] std::vector<Refusal> refusals(const Offer& offer, const Circumstances& now);

// No zones and no categories: everywhere. Otherwise one of either is enough.
[[nodiscard]] bool fits_zone(const Offer& offer, std::string_view zone_id, const std::vector<std::string>* categories);

// What a dwell offer asks for.
[[nodiscard]] seconds dwell_needed(const Offer& offer, seconds default_dwell);

// Between zero and 100 years, so that no sum with a date overflows.
[[nodiscard]] seconds bounded(seconds period);

// How far caps and the cooldown of an offer look back; zero when it has none.
[[nodiscard]] seconds longest_look_back(const Offer& offer);

}  // namespace aisle::offers
