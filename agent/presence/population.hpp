// The tracked customers, never more than the bound.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "agent/presence/deadlines.hpp"
#include "agent/presence/track.hpp"

namespace aisle::presence {

class Population {
 public:
  using Tracks = std::map<std::string, std::unique_ptr<Track>, std::less<>>;

  explicit Population(std::size_t bound) : bound_(bound) {}

  [[nodiscard]] Track* find(std::string_view customer);
  // The customer's track, new (in state heard) if need be. At the bound the longest silent one outside any visit is
  // forgotten for a new one; nullptr when all are in visits.
  [[nodiscard]] Track* find_or_admit(std::string_view customer);
  // A track in state heard was heard: it is now the least silent.
  void touch(Track& track);
  // From heard to visiting: out of reach of the bound.
  void keep(Track& track);
  void remove(Track& track);

  [[nodiscard]] const Tracks& all() const { return tracks_; }  // by customer id
  [[nodiscard]] Deadlines& deadlines() { return deadlines_; }
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  std::size_t bound_;
  Tracks tracks_;
  std::list<Track*> silence_;  // those in state heard, the longest silent first
  Deadlines deadlines_;
  std::uint64_t forgotten_ = 0;  // refused ones included
};

}  // namespace aisle::presence
