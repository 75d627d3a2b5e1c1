// Remembers every claimant of a key that more than one claims, so that the last one left gets it back. Uncontested
// claims are kept by the caller, compactly; contests are rare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>

#include "ble/identity/sharded_map.hpp"

namespace aisle::identity {

template <class Key, class Hash = std::hash<Key>>
class Contested {
 public:
  // Both claim `key`; opens the contest or joins it.
  void add(const Key& key, std::uint32_t first, std::uint32_t second) {
    auto& claimants = claims_[key];
    claimants.insert(first);
    claimants.insert(second);
  }
  void join(const Key& key, std::uint32_t claimant) { claims_[key].insert(claimant); }
  // `claimant` gives up. The sole one left, whose contest is over, if there is one.
  std::optional<std::uint32_t> leave(const Key& key, std::uint32_t claimant) {
    auto* const found = claims_.find(key);
    if (found == nullptr || found->erase(claimant) == 0 || found->size() != 1) return std::nullopt;
    const std::uint32_t left = *found->begin();
    claims_.erase(key);
    return left;
  }
  void clear() { claims_.clear(); }
  [[nodiscard]] bool empty() const { return claims_.empty(); }
  // Estimated: a node of the map and two claimants each.
  [[nodiscard]] std::size_t bytes() const { return claims_.size() * kBytesPerContest; }

 private:
  static constexpr std::size_t kBytesPerContest = 200;
  ShardedMap<Key, std::unordered_set<std::uint32_t>, Hash> claims_;
};

}  // namespace aisle::identity
