#include "agent/offers/rules.hpp"

#include <algorithm>

namespace aisle::offers {
namespace {

constexpr seconds kLongestSpan{100LL * 366 * 86'400};

using Verdict = std::optional<Refusal>;

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool needs_clock(const Offer& offer) {
  return offer.valid_from || offer.valid_until || (offer.days & kAllDays) != kAllDays || !offer.hours.empty() ||
         !offer.caps.empty() || offer.cooldown || (offer.coupon && offer.coupon->lease);
}

Verdict consent_and_clock(const Offer& offer, const Circumstances& now) {
  const Customer* customer = now.question.customer;
  if (customer == nullptr || !customer->offers || !customer->offers->current(now.question.now))
    return Refusal::no_consent;
  if (!now.question.clock_trusted && needs_clock(offer)) return Refusal::clock_untrusted;
  return std::nullopt;
}

Verdict place_and_time(const Offer& offer, const Circumstances& now) {
  const Question& question = now.question;
  if (!fits_zone(offer, question.zone_id, question.zone_categories)) return Refusal::zone;
  if (offer.valid_from && question.now < *offer.valid_from) return Refusal::not_yet_valid;
  if (offer.valid_until && question.now >= *offer.valid_until) return Refusal::expired;
  switch (open_at(offer, now.local)) {
    case OpenState::open:
      return std::nullopt;
    case OpenState::wrong_day:
      return Refusal::day;
    case OpenState::wrong_hour:
      return Refusal::hour;
  }
  return std::nullopt;
}

bool fits_segments(const Offer& offer, const Customer& customer) {
  const auto has = [&](const std::string& segment) { return contains(customer.segments, segment); };
  if (!offer.segments_any.empty() && !std::ranges::any_of(offer.segments_any, has)) return false;
  return std::ranges::all_of(offer.segments_all, has) && std::ranges::none_of(offer.segments_none, has);
}

bool dwelt_enough(const Offer& offer, const Question& question) {
  if (offer.trigger == Trigger::dwell) return question.dwell >= dwell_needed(offer, question.default_dwell);
  return !offer.min_dwell || question.dwell >= bounded(*offer.min_dwell);
}

Verdict customer_and_stay(const Offer& offer, const Circumstances& now) {
  const Question& question = now.question;
  if (!fits_segments(offer, *question.customer)) return Refusal::segment;
  if (offer.tier_min && question.customer->tier < *offer.tier_min) return Refusal::tier;
  if (!dwelt_enough(offer, question)) return Refusal::dwell_too_short;
  if (offer.min_confidence && question.confidence < *offer.min_confidence) return Refusal::confidence;
  if (offer.min_assurance && question.assurance < *offer.min_assurance) return Refusal::assurance;
  return std::nullopt;
}

// A decision at exactly now - period counts no more; one in the future, after the clock was set back, does.
bool within(const History::Entry& entry, UnixTime now, seconds period) {
  return entry.at > now - bounded(period);
}

std::size_t count_within(const Circumstances& now, seconds period) {
  return static_cast<std::size_t>(std::ranges::count_if(
      *now.past, [&](const History::Entry& entry) { return within(entry, now.question.now, period); }));
}

// Counts the entries whose `member` is `number`.
std::size_t count_within(const Circumstances& now, seconds period, std::uint32_t History::Entry::*member,
                         std::uint32_t number) {
  if (number == Names::kNone) return 0;  // nobody's decision was of that name
  return static_cast<std::size_t>(std::ranges::count_if(*now.past, [&](const History::Entry& entry) {
    return entry.*member == number && within(entry, now.question.now, period);
  }));
}

std::size_t count_in_scope(const Cap& cap, const Offer& offer, std::uint32_t number, const Circumstances& now) {
  if (cap.scope == CapScope::store) return count_within(now, cap.period);
  if (cap.scope == CapScope::offer || offer.group.empty())  // an offer without a group is its own group
    return count_within(now, cap.period, &History::Entry::offer, number);
  return count_within(now, cap.period, &History::Entry::group, now.history.group_number(offer.group));
}

// The caps and the cooldown; `number` is the offer's in the history.
Verdict past(const Offer& offer, std::uint32_t number, const Circumstances& now) {
  Verdict verdict;
  for (const Cap& cap : offer.caps) {
    const auto why = static_cast<Refusal>(static_cast<int>(Refusal::cap_offer) + static_cast<int>(cap.scope));
    if (verdict && *verdict <= why) continue;
    const std::size_t count = now.past == nullptr ? 0 : count_in_scope(cap, offer, number, now);
    if (count >= cap.count) verdict = why;
  }
  if (verdict || !offer.cooldown || now.past == nullptr) return verdict;
  if (count_within(now, *offer.cooldown, &History::Entry::offer, number) > 0) return Refusal::cooldown;
  return std::nullopt;
}

Verdict past_and_stock(const Offer& offer, const Circumstances& now) {
  if (!offer.caps.empty() || offer.cooldown) {
    const std::uint32_t number = now.past == nullptr ? Names::kNone : now.history.offer_number(offer.id);
    if (const Verdict verdict = past(offer, number, now)) return verdict;
  }
  if (offer.coupon && offer.coupon->lease && !now.leases.next(offer.id, now.question.now))
    return Refusal::lease_missing;
  if (offer.min_stock) return Refusal::stock_unknown;  // no stock is known
  return std::nullopt;
}

static_assert(static_cast<int>(Refusal::cap_offer) + static_cast<int>(CapScope::group) ==
              static_cast<int>(Refusal::cap_group));
static_assert(static_cast<int>(Refusal::cap_offer) + static_cast<int>(CapScope::store) ==
              static_cast<int>(Refusal::cap_store));

}  // namespace

std::optional<Refusal> refusal(const Offer& offer, const Circumstances& now) {
  for (const auto rules : {consent_and_clock, place_and_time, customer_and_stay, past_and_stock}) {
    if (const Verdict verdict = rules(offer, now)) return verdict;
  }
  return std::nullopt;
}

bool fits_zone(const Offer& offer, std::string_view zone_id, const std::vector<std::string>* categories) {
  if (offer.zones.empty() && offer.zone_categories.empty()) return true;
  if (contains(offer.zones, zone_id)) return true;
  return categories != nullptr && std::ranges::any_of(offer.zone_categories, [&](const std::string& category) {
           return contains(*categories, category);
         });
}

seconds dwell_needed(const Offer& offer, seconds default_dwell) {
  return bounded(offer.min_dwell.value_or(default_dwell));
}

seconds bounded(seconds period) {
  return std::clamp(period, seconds{0}, kLongestSpan);
}

seconds longest_look_back(const Offer& offer) {
  seconds longest = bounded(offer.cooldown.value_or(seconds{0}));
  for (const Cap& cap : offer.caps) longest = std::max(longest, bounded(cap.period));
  return longest;
}

}  // namespace aisle::offers
