// An unordered_map in 64 parts that grow on their own, so that no insertion rehashes more than one of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "ble/identity/flat_index.hpp"

namespace aisle::identity {

template <class Key, class Value, class Hash = std::hash<Key>>
class ShardedMap {
 public:
  // Null when it is not in it.
  [[nodiscard]] Value* find(const Key& key) {
    auto& part = parts_[number_of(key)];
    const auto at = part.find(key);
    return at == part.end() ? nullptr : &at->second;
  }
  [[nodiscard]] const Value* find(const Key& key) const {
    const auto& part = parts_[number_of(key)];
    const auto at = part.find(key);
    return at == part.end() ? nullptr : &at->second;
  }
  // What is there, or a new one.
  Value& operator[](const Key& key) { return parts_[number_of(key)][key]; }
  void erase(const Key& key) { parts_[number_of(key)].erase(key); }
  void clear() {
    for (auto& part : parts_) part.clear();
  }
  [[nodiscard]] std::size_t size() const {
    std::size_t sum = 0;
    for (const auto& part : parts_) sum += part.size();
    return sum;
  }
  [[nodiscard]] bool empty() const {
    for (const auto& part : parts_) {
      if (!part.empty()) return false;
    }
    return true;
  }
  // Estimated: a node (next, hash, pair, allocator) an entry, and the buckets.
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = sizeof *this;
    for (const auto& part : parts_) sum += part.size() * (sizeof(Key) + kNode) + part.bucket_count() * sizeof(void*);
    return sum;
  }

 private:
  static constexpr std::size_t kNode = 40;
  // By other bits than those that choose the bucket.
  static std::size_t number_of(const Key& key) { return hash_u64(Hash{}(key)) >> 26U; }

  std::array<std::unordered_map<Key, Value, Hash>, 64> parts_;
};

}  // namespace aisle::identity
