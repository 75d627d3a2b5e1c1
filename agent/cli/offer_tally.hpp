// Counts what became of offers, by offer and zone.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "agent/offers/offers.hpp"

namespace aisle::cli {

struct OfferCount {
  std::uint64_t asked = 0, decided = 0, holdouts = 0;
  std::map<std::string, std::uint64_t> refused;  // by reason
};

class OfferTally {
 public:
  // An offer that there is, so that one which nobody asks for is told of too.
  void expect(const Offer& offer);
  void count(const offers::Question& question, const offers::Decision& decision);

  struct Entry {
    std::string trigger;
    OfferCount all;
    std::map<std::string, OfferCount> zones;
  };
  [[nodiscard]] const std::map<std::string, Entry>& offers() const { return offers_; }
  // Questions, by what came of them.
  [[nodiscard]] std::uint64_t made() const { return made_; }
  [[nodiscard]] std::uint64_t held_out() const { return held_out_; }
  [[nodiscard]] std::uint64_t none() const { return none_; }

 private:
  std::map<std::string, Entry> offers_;
  std::uint64_t made_ = 0, held_out_ = 0, none_ = 0;
};

}  // namespace aisle::cli
