#include "agent/offers/shelves.hpp"

#include <algorithm>
#include <cmath>

namespace aisle::offers {
namespace {

double weight_of(const Offer& offer) {
  return std::isnan(offer.weight) ? 0.0 : offer.weight;
}

}  // namespace

bool Outranks::operator()(const Offer* a, const Offer* b) const {
  if (a->priority != b->priority) return a->priority > b->priority;
  if (weight_of(*a) != weight_of(*b)) return weight_of(*a) > weight_of(*b);
  return a->id < b->id;
}

void Shelves::put(const Offer& offer) {
  Shelf& of = shelf(offer);
  if (offer.zones.empty() && offer.zone_categories.empty()) of.everywhere.insert(&offer);
  for (const auto& zone : offer.zones) of.zones[zone].insert(&offer);
  for (const auto& category : offer.zone_categories) of.categories[category].insert(&offer);
}

void Shelves::take(const Offer& offer) {
  const auto take_from = [&](ByName& all, const std::vector<std::string>& names) {
    for (const auto& name : names) {
      const auto at = all.find(name);
      if (at == all.end()) continue;
      at->second.erase(&offer);
      if (at->second.empty()) all.erase(at);
    }
  };
  Shelf& of = shelf(offer);
  of.everywhere.erase(&offer);
  take_from(of.zones, offer.zones);
  take_from(of.categories, offer.zone_categories);
}

Shelves::Ranking Shelves::of_zone(Trigger trigger, std::string_view zone,
                                  const std::vector<std::string>* categories) const {
  const Shelf& of = shelves_.at(static_cast<std::size_t>(trigger));
  Ranking all(of.everywhere.begin(), of.everywhere.end());
  const auto join = [&](const ByName& by_name, std::string_view name) {
    const auto at = by_name.find(name);
    if (at == by_name.end()) return;
    const auto middle = static_cast<Ranking::difference_type>(all.size());
    all.insert(all.end(), at->second.begin(), at->second.end());
    std::inplace_merge(all.begin(), all.begin() + middle, all.end(), Outranks{});
  };
  join(of.zones, zone);
  if (categories != nullptr) {
    for (const auto& category : *categories) join(of.categories, category);
  }
  all.erase(std::unique(all.begin(), all.end()), all.end());  // of the zone and of a category
  return all;
}

}  // namespace aisle::offers
