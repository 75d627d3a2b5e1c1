// Key -> who claims it, each key by one or contested by several.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "ble/identity/contested.hpp"
#include "ble/identity/flat_index.hpp"

namespace aisle::identity {

template <class Key, class Hash = std::hash<Key>>
class ClaimMap {
 public:
  static constexpr std::uint32_t kContested = kNone - 1;

  // Claimants are numbers below kContested. Claiming twice has no further effect.
  void claim(const Key& key, std::uint32_t claimant) {
    const auto [at, is_new] = claims_.try_emplace(key, claimant);
    if (is_new || at->second == claimant) return;
    if (at->second == kContested) {
      contested_.join(key, claimant);
    } else {
      contested_.add(key, at->second, claimant);
      at->second = kContested;
    }
  }
  // No effect when `claimant` does not claim it.
  void release(const Key& key, std::uint32_t claimant) {
    const auto at = claims_.find(key);
    if (at == claims_.end()) return;
    if (at->second == kContested) {
      if (const auto left = contested_.leave(key, claimant)) at->second = *left;
    } else if (at->second == claimant) {
      claims_.erase(at);
    }
  }
  // The claimant, kContested or kNone.
  [[nodiscard]] std::uint32_t find(const Key& key) const {
    const auto at = claims_.find(key);
    return at == claims_.end() ? kNone : at->second;
  }
  void clear() {
    claims_.clear();
    contested_.clear();
  }
  [[nodiscard]] bool empty() const { return claims_.empty(); }
  // Estimated: a node (next, hash, pair, allocator) per key.
  [[nodiscard]] std::size_t bytes() const {
    return claims_.size() * (sizeof(Key) + 40) + claims_.bucket_count() * sizeof(void*) + contested_.bytes();
  }

 private:
  std::unordered_map<Key, std::uint32_t, Hash> claims_;
  Contested<Key, Hash> contested_;
};

}  // namespace aisle::identity
