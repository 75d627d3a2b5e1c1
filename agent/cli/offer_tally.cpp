#include "agent/cli/offer_tally.hpp"

#include "agent/pipeline/event_data.hpp"

namespace aisle::cli {

void OfferTally::expect(const Offer& offer) {
  offers_[offer.id].trigger = pipeline::to_string(offer.trigger);
}

void OfferTally::count(const offers::Question& question, const offers::Decision& decision) {
  const std::string zone(question.zone_id);
  const auto each = [&](const std::string& offer, auto note) {
    Entry& entry = offers_[offer];
    for (OfferCount* count : {&entry.all, &entry.zones[zone]}) {
      ++count->asked;
      note(*count);
    }
  };
  for (const auto& refused : decision.refused)
    each(refused.offer, [&](OfferCount& count) { ++count.refused[std::string(to_string(refused.why))]; });
  if (decision.offer == nullptr) {
    ++none_;
    return;
  }
  each(decision.offer->id, [&](OfferCount& count) {
    ++count.decided;
    if (decision.holdout) ++count.holdouts;
  });
  ++made_;
  if (decision.holdout) ++held_out_;
}

}  // namespace aisle::cli
