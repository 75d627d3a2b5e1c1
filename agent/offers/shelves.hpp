// Offers in order of rank, by trigger and by where they are made: a decision looks at those of its zone only. Putting
// one in or taking it out costs steps that grow with the logarithm.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/records.hpp"

namespace aisle::offers {

// Priority, then weight, then lower id.
struct Outranks {
  bool operator()(const Offer* a, const Offer* b) const;
};

class Shelves {
 public:
  using Ranking = std::vector<const Offer*>;

  // The offer stays where it is, and as it is, until it is taken out.
  void put(const Offer& offer);
  void take(const Offer& offer);
  void clear() { shelves_ = {}; }

  // Those of the trigger that are made in a zone of these categories, or everywhere.
  [[nodiscard]] Ranking of_zone(Trigger trigger, std::string_view zone,
                                const std::vector<std::string>* categories) const;

 private:
  using Ranked = std::set<const Offer*, Outranks>;
  using ByName = std::map<std::string, Ranked, std::less<>>;
  struct Shelf {
    Ranked everywhere;
    ByName zones, categories;
  };
  [[nodiscard]] Shelf& shelf(const Offer& offer) { return shelves_.at(static_cast<std::size_t>(offer.trigger)); }

  std::array<Shelf, 3> shelves_;
};

}  // namespace aisle::offers
