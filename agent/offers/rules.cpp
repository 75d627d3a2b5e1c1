#include "agent/offers/rules.hpp"

#include <algorithm>
#include <array>

namespace aisle::offers {
namespace {

constexpr seconds kLongestSpan{100LL * 366 * 86'400};

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool needs_clock(const Offer& offer) {
  return offer.valid_from || offer.valid_until || (offer.days & kAllDays) != kAllDays || !offer.hours.empty() ||
         !offer.caps.empty() || offer.cooldown || (offer.coupon && offer.coupon->lease);
}

// Each rule tells what refuses the offer, in the order of Refusal, until it is told to stop: then it returns true.
template <class Tell>
bool consent_and_clock(const Offer& offer, const Circumstances& now, Tell& tell) {
  const Question& question = now.question;
  const bool consents =
      question.customer != nullptr && question.customer->offers && question.customer->offers->current(question.now);
  if (!consents && tell(Refusal::no_consent)) return true;
  return !question.clock_trusted && needs_clock(offer) && tell(Refusal::clock_untrusted);
}

template <class Tell>
bool place_and_time(const Offer& offer, const Circumstances& now, Tell& tell) {
  const Question& question = now.question;
  if (offer.trigger != question.trigger && tell(Refusal::trigger)) return true;
  if (!fits_zone(offer, question.zone_id, question.zone_categories) && tell(Refusal::zone)) return true;
  if (offer.valid_from && question.now < *offer.valid_from && tell(Refusal::not_yet_valid)) return true;
  if (offer.valid_until && question.now >= *offer.valid_until && tell(Refusal::expired)) return true;
  const OpenState open = open_at(offer, now.local);
  return open != OpenState::open && tell(open == OpenState::wrong_day ? Refusal::day : Refusal::hour);
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

template <class Tell>
bool customer_and_stay(const Offer& offer, const Circumstances& now, Tell& tell) {
  const Question& question = now.question;
  const Customer* customer = question.customer;
  if (customer != nullptr && !fits_segments(offer, *customer) && tell(Refusal::segment)) return true;
  if (customer != nullptr && offer.tier_min && customer->tier < *offer.tier_min && tell(Refusal::tier)) return true;
  if (!dwelt_enough(offer, question) && tell(Refusal::dwell_too_short)) return true;
  if (offer.min_confidence && question.confidence < *offer.min_confidence && tell(Refusal::confidence)) return true;
  return offer.min_assurance && question.assurance < *offer.min_assurance && tell(Refusal::assurance);
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

constexpr std::array kScopes = {CapScope::offer, CapScope::group, CapScope::store};

Refusal refusal_of(CapScope scope) {
  return static_cast<Refusal>(static_cast<int>(Refusal::cap_offer) + static_cast<int>(scope));
}

// The caps and the cooldown; `number` is the offer's in the history.
template <class Tell>
bool past(const Offer& offer, std::uint32_t number, const Circumstances& now, Tell& tell) {
  std::array<bool, kScopes.size()> reached{};
  for (const Cap& cap : offer.caps) {
    bool& full = reached.at(static_cast<std::size_t>(cap.scope));
    full = full || (now.past == nullptr ? 0 : count_in_scope(cap, offer, number, now)) >= cap.count;
  }
  for (const CapScope scope : kScopes) {
    if (reached.at(static_cast<std::size_t>(scope)) && tell(refusal_of(scope))) return true;
  }
  return offer.cooldown && now.past != nullptr &&
         count_within(now, *offer.cooldown, &History::Entry::offer, number) > 0 && tell(Refusal::cooldown);
}

template <class Tell>
bool past_and_stock(const Offer& offer, const Circumstances& now, Tell& tell) {
  if (!offer.caps.empty() || offer.cooldown) {
    const std::uint32_t number = now.past == nullptr ? Names::kNone : now.history.offer_number(offer.id);
    if (past(offer, number, now, tell)) return true;
  }
  if (offer.coupon && offer.coupon->lease && !now.leases.next(offer.id, now.question.now) &&
      tell(Refusal::lease_missing))
    return true;
  return offer.min_stock && tell(Refusal::stock_unknown);  // no stock is known
}

template <class Tell>
void judge(const Offer& offer, const Circumstances& now, Tell& tell) {
  // The first that was told to stop ends it.
  static_cast<void>(consent_and_clock(offer, now, tell) || place_and_time(offer, now, tell) ||
                    customer_and_stay(offer, now, tell) || past_and_stock(offer, now, tell));
}

static_assert(static_cast<int>(Refusal::cap_offer) + static_cast<int>(CapScope::group) ==
              static_cast<int>(Refusal::cap_group));
static_assert(static_cast<int>(Refusal::cap_offer) + static_cast<int>(CapScope::store) ==
              static_cast<int>(Refusal::cap_store));

}  // namespace

std::optional<Refusal> refusal(const Offer& offer, const Circumstances& now) {
  std::optional<Refusal> first;
  const auto tell = [&first](Refusal why) {
    first = why;
    return true;
  };
  judge(offer, now, tell);
  return first;
}

std::vector<Refusal> refusals(const Offer& offer, const Circumstances& now) {
  std::vector<Refusal> all;
  const auto tell = [&all](Refusal why) {
    all.push_back(why);
    return false;
  };
  judge(offer, now, tell);
  return all;
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
