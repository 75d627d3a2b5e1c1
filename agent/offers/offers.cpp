#include "agent/offers/offers.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "agent/offers/rules.hpp"
#include "agent/offers/shelves.hpp"

namespace aisle::offers {
namespace {

constexpr std::array<std::string_view, kRefusals> kRefusalNames = {"no_consent",
                                                                   "clock_untrusted",
                                                                   "trigger",
                                                                   "zone",
                                                                   "not_yet_valid",
                                                                   "expired",
                                                                   "day",
                                                                   "hour",
                                                                   "segment",
                                                                   "tier",
                                                                   "dwell_too_short",
                                                                   "confidence",
                                                                   "assurance",
                                                                   "cap_offer",
                                                                   "cap_group",
                                                                   "cap_store",
                                                                   "cooldown",
                                                                   "lease_missing",
                                                                   "stock_unknown",
                                                                   "outranked"};

}  // namespace

std::string_view to_string(Refusal refusal) {
  return kRefusalNames.at(static_cast<std::size_t>(refusal));
}

struct OfferBook::Impl {
  explicit Impl(Calendar zone) : calendar(zone) {}

  void put(const Offer& offer) {
    shelves.put(offer);
    ++look_backs[longest_look_back(offer)];
  }
  void take(const Offer& offer) {
    shelves.take(offer);
    const auto at = look_backs.find(longest_look_back(offer));
    if (--at->second == 0) look_backs.erase(at);
  }
  [[nodiscard]] Circumstances circumstances(const Question& question) const {
    const auto* past = question.customer == nullptr ? nullptr : history.of(question.customer->id);
    return {question, calendar.local(question.now), history, leases, past};
  }
  // What comes with an offer that is made; there is a customer then.
  void settle(const Offer& winner, const Question& question, bool& holdout, std::optional<LeaseSpend>& lease) const {
    holdout = in_holdout(winner.experiment.empty() ? winner.id : winner.experiment, question.customer->id,
                         winner.holdout_percent);
    if (winner.coupon && winner.coupon->lease && !holdout) lease = leases.next(winner.id, question.now);
  }

  Calendar calendar;
  std::map<std::string, Offer, std::less<>> offers;
  Shelves shelves;
  std::map<seconds, std::size_t> look_backs;  // how many offers look back so far
  History history;
  Leases leases;
  std::uint64_t decided = 0, holdouts = 0, none = 0;
  std::array<std::uint64_t, kRefusals> refused{};
};

OfferBook::OfferBook(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OfferBook::~OfferBook() = default;
OfferBook::OfferBook(OfferBook&&) noexcept = default;
OfferBook& OfferBook::operator=(OfferBook&&) noexcept = default;

Result<OfferBook> OfferBook::create(std::string_view iana_timezone) {
  const auto calendar = Calendar::create(iana_timezone);
  if (!calendar) return tl::unexpected(calendar.error());
  return OfferBook(std::make_unique<Impl>(*calendar));
}

void OfferBook::upsert(Offer offer) {
  const auto at = impl_->offers.find(offer.id);
  if (at != impl_->offers.end()) impl_->take(at->second);
  std::string id = offer.id;
  impl_->put(impl_->offers.insert_or_assign(std::move(id), std::move(offer)).first->second);
}

bool OfferBook::erase(std::string_view id) {
  const auto it = impl_->offers.find(id);
  if (it == impl_->offers.end()) return false;
  impl_->take(it->second);
  impl_->offers.erase(it);
  return true;
}

void OfferBook::clear() {
  impl_->shelves.clear();
  impl_->look_backs.clear();
  impl_->offers.clear();
}

const Offer* OfferBook::find(std::string_view id) const {
  const auto it = impl_->offers.find(id);
  return it == impl_->offers.end() ? nullptr : &it->second;
}

std::vector<const Offer*> OfferBook::ranked() const {
  std::vector<const Offer*> all;
  for (const auto& entry : impl_->offers) all.push_back(&entry.second);
  std::ranges::sort(all, Outranks{});
  return all;
}

Decision OfferBook::decide(const Question& question) {
  Impl& book = *impl_;
  const Circumstances now = book.circumstances(question);
  const auto candidates = book.shelves.of_zone(question.trigger, question.zone_id, question.zone_categories);
  Decision decision;
  decision.refused.reserve(candidates.size());
  for (const Offer* offer : candidates) {
    auto why = refusal(*offer, now);
    if (!why && decision.offer == nullptr) {
      decision.offer = offer;
      continue;
    }
    const Refusal named = why.value_or(Refusal::outranked);
    ++book.refused.at(static_cast<std::size_t>(named));
    decision.refused.push_back({offer->id, named});
  }
  if (decision.offer == nullptr) {
    ++book.none;
    return decision;
  }
  book.settle(*decision.offer, question, decision.holdout, decision.lease);
  ++book.decided;
  if (decision.holdout) ++book.holdouts;
  return decision;
}

Explanation OfferBook::explain(const Question& question, std::size_t most) const {
  const Impl& book = *impl_;
  const Circumstances now = book.circumstances(question);
  const auto candidates = book.offers.size() <= most
                              ? ranked()
                              : book.shelves.of_zone(question.trigger, question.zone_id, question.zone_categories);
  Explanation out;
  for (const Offer* offer : candidates) {
    Judged judged{offer, refusals(*offer, now)};
    const bool good = judged.why.empty(), wins = good && out.winner == nullptr;
    if (good && !wins) judged.why.push_back(Refusal::outranked);
    if (wins) out.winner = offer;
    if (good && !wins && out.runner_up == nullptr) out.runner_up = offer;
    if (out.offers.size() < most || wins) out.offers.push_back(std::move(judged));
  }
  out.left_out = book.offers.size() - out.offers.size();
  if (out.winner != nullptr) book.settle(*out.winner, question, out.holdout, out.lease);
  return out;
}

void OfferBook::record(const PastDecision& decision) {
  impl_->history.record(decision);
}

void OfferBook::forget_customer(std::string_view customer) {
  impl_->history.forget_customer(customer);
}

Leases& OfferBook::leases() {
  return impl_->leases;
}

void OfferBook::prune(UnixTime now) {
  impl_->history.prune(now - longest_memory() - kClockSlack);
}

seconds OfferBook::longest_memory() const {
  return impl_->look_backs.empty() ? seconds{0} : impl_->look_backs.rbegin()->first;
}

std::optional<Duration> OfferBook::next_dwell_due(std::string_view zone_id, const std::vector<std::string>& categories,
                                                  Duration dwell, seconds default_dwell) const {
  std::optional<Duration> next;
  for (const Offer* offer : impl_->shelves.of_zone(Trigger::dwell, zone_id, &categories)) {
    const Duration needed = dwell_needed(*offer, default_dwell);
    if (needed > dwell && (!next || needed < *next)) next = needed;
  }
  return next;
}

OfferStats OfferBook::stats() const {
  OfferStats stats;
  stats.offers = impl_->offers.size();
  stats.remembered_decisions = impl_->history.size();
  stats.decided = impl_->decided;
  stats.holdouts = impl_->holdouts;
  stats.none = impl_->none;
  for (std::size_t i = 0; i < kRefusals; ++i) {
    if (impl_->refused.at(i) > 0) stats.refused[kRefusalNames.at(i)] = impl_->refused.at(i);
  }
  return stats;
}

}  // namespace aisle::offers
