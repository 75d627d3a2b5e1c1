// Key -> who claims it, each key by one or contested by several.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ble/identity/contested.hpp"
#include "ble/identity/flat_index.hpp"
#include "ble/identity/sharded_map.hpp"

namespace aisle::identity {

template <class Key, class Hash = std::hash<Key>>
class ClaimMap {
 public:
  static constexpr std::uint32_t kContested = kNone - 1;

  // Claimants are numbers below kContested. Claiming twice has no further effect.
  void claim(const Key& key, std::uint32_t claimant) {
    std::uint32_t* const at = claims_.find(key);
    if (at == nullptr) {
      claims_[key] = claimant;
      ++size_;
    } else if (*at == kContested) {
      contested_.join(key, claimant);
    } else if (*at != claimant) {
      contested_.add(key, *at, claimant);
      *at = kContested;
    }
  }
  // No effect when `claimant` does not claim it.
  void release(const Key& key, std::uint32_t claimant) {
    std::uint32_t* const at = claims_.find(key);
    if (at == nullptr) return;
    if (*at == kContested) {
      if (const auto left = contested_.leave(key, claimant)) *at = *left;
    } else if (*at == claimant) {
      claims_.erase(key);
      --size_;
    }
  }
  // The claimant, kContested or kNone.
  [[nodiscard]] std::uint32_t find(const Key& key) const {
    const std::uint32_t* const at = claims_.find(key);
    return at == nullptr ? kNone : *at;
  }
  void clear() {
    claims_.clear();
    contested_.clear();
    size_ = 0;
  }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Estimated.
  [[nodiscard]] std::size_t bytes() const { return claims_.bytes() + contested_.bytes(); }

 private:
  ShardedMap<Key, std::uint32_t, Hash> claims_;
  Contested<Key, Hash> contested_;
  std::size_t size_ = 0;
};

}  // namespace aisle::identity
