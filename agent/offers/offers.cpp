#include "agent/offers/offers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/offers/rules.hpp"

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

double weight_of(const Offer& offer) {
  return std::isnan(offer.weight) ? 0.0 : offer.weight;
}

// Priority, then weight, then lower id.
bool outranks(const Offer* a, const Offer* b) {
  if (a->priority != b->priority) return a->priority > b->priority;
  if (weight_of(*a) != weight_of(*b)) return weight_of(*a) > weight_of(*b);
  return a->id < b->id;
}

}  // namespace

std::string_view to_string(Refusal refusal) {
  return kRefusalNames.at(static_cast<std::size_t>(refusal));
}

struct OfferBook::Impl {
  explicit Impl(Calendar zone) : calendar(zone) {}

  using Ranking = std::vector<const Offer*>;
  Ranking& candidates(Trigger trigger) { return by_trigger.at(static_cast<std::size_t>(trigger)); }

  // Takes out what is about to change; `gone` is sorted by address.
  static void take_out(Ranking& ranking, const Ranking& gone) {
    std::erase_if(ranking, [&](const Offer* offer) { return std::ranges::binary_search(gone, offer); });
  }
  static void put_in(Ranking& ranking, const Ranking& sorted) {
    if (sorted.size() == 1) {  // without a pass over all
      ranking.insert(std::ranges::upper_bound(ranking, sorted.front(), outranks), sorted.front());
      return;
    }
    const auto middle = static_cast<Ranking::difference_type>(ranking.size());
    ranking.insert(ranking.end(), sorted.begin(), sorted.end());
    std::inplace_merge(ranking.begin(), ranking.begin() + middle, ranking.end(), outranks);
  }
  void take_out(const Ranking& gone) {
    if (gone.empty()) return;
    take_out(ranked, gone);
    for (auto& ranking : by_trigger) take_out(ranking, gone);
    longest.reset();
  }
  void put_in(Ranking fresh) {
    if (fresh.empty()) return;
    std::ranges::sort(fresh, outranks);
    put_in(ranked, fresh);
    std::array<Ranking, 3> of_trigger;
    for (const Offer* offer : fresh) of_trigger.at(static_cast<std::size_t>(offer->trigger)).push_back(offer);
    for (std::size_t i = 0; i < of_trigger.size(); ++i) {
      if (!of_trigger.at(i).empty()) put_in(by_trigger.at(i), of_trigger.at(i));
    }
    longest.reset();
  }

  Calendar calendar;
  std::map<std::string, Offer, std::less<>> offers;
  History history;
  Leases leases;
  Ranking ranked;
  std::array<Ranking, 3> by_trigger;  // each in order of rank
  std::optional<seconds> longest;     // look-back of all
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
  std::vector<Offer> one;
  one.push_back(std::move(offer));
  upsert_all(std::move(one));
}

void OfferBook::upsert_all(std::vector<Offer> offers) {
  Impl::Ranking old;
  for (const Offer& offer : offers) {
    const auto it = impl_->offers.find(offer.id);
    if (it != impl_->offers.end()) old.push_back(&it->second);
  }
  std::ranges::sort(old);
  impl_->take_out(old);
  Impl::Ranking fresh;
  for (Offer& offer : offers) {
    std::string id = offer.id;
    fresh.push_back(&impl_->offers.insert_or_assign(std::move(id), std::move(offer)).first->second);
  }
  std::ranges::sort(fresh);
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());  // an id that was there twice
  impl_->put_in(std::move(fresh));
}

bool OfferBook::erase(std::string_view id) {
  const auto it = impl_->offers.find(id);
  if (it == impl_->offers.end()) return false;
  impl_->take_out({&it->second});
  impl_->offers.erase(it);
  return true;
}

void OfferBook::erase_all(std::span<const std::string> ids) {
  Impl::Ranking gone;
  for (const std::string& id : ids) {
    const auto it = impl_->offers.find(id);
    if (it != impl_->offers.end()) gone.push_back(&it->second);
  }
  std::ranges::sort(gone);
  impl_->take_out(gone);
  for (const std::string& id : ids) impl_->offers.erase(id);
}

void OfferBook::clear() {
  impl_->ranked.clear();
  for (auto& ranking : impl_->by_trigger) ranking.clear();
  impl_->offers.clear();
  impl_->longest.reset();
}

const Offer* OfferBook::find(std::string_view id) const {
  const auto it = impl_->offers.find(id);
  return it == impl_->offers.end() ? nullptr : &it->second;
}

std::vector<const Offer*> OfferBook::ranked() const {
  return impl_->ranked;
}

Decision OfferBook::decide(const Question& question) {
  Impl& book = *impl_;
  const auto* past = question.customer == nullptr ? nullptr : book.history.of(question.customer->id);
  const Circumstances now{question, book.calendar.local(question.now), book.history, book.leases, past};
  const auto& candidates = book.candidates(question.trigger);
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
  if (decision.offer == nullptr || question.customer == nullptr) {
    ++book.none;
    return decision;
  }
  const Offer& winner = *decision.offer;
  decision.holdout = in_holdout(winner.experiment.empty() ? winner.id : winner.experiment, question.customer->id,
                                winner.holdout_percent);
  if (winner.coupon && winner.coupon->lease && !decision.holdout)
    decision.lease = book.leases.next(winner.id, question.now);
  ++book.decided;
  if (decision.holdout) ++book.holdouts;
  return decision;
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
  if (impl_->longest) return *impl_->longest;
  seconds longest{0};
  for (const auto& entry : impl_->offers) longest = std::max(longest, longest_look_back(entry.second));
  impl_->longest = longest;
  return longest;
}

std::optional<Duration> OfferBook::next_dwell_due(std::string_view zone_id, const std::vector<std::string>& categories,
                                                  Duration dwell, seconds default_dwell) const {
  std::optional<Duration> next;
  for (const Offer* offer : impl_->candidates(Trigger::dwell)) {
    const Duration needed = dwell_needed(*offer, default_dwell);
    if (needed <= dwell || (next && *next <= needed)) continue;
    if (fits_zone(*offer, zone_id, &categories)) next = needed;
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
