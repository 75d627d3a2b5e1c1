// What addresses resolved to, hits and misses, in a fixed number of entries: clock replacement, O(1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/model/ids.hpp"
#include "ble/identity/flat_index.hpp"

namespace aisle::identity {

class RpaCache {
 public:
  // `capacity` 0: remembers nothing.
  explicit RpaCache(std::size_t capacity) : capacity_(capacity) {}
  // What was put for `address`, and marks it used.
  [[nodiscard]] std::optional<std::uint32_t> find(const Address& address);
  // Only for an address that is not in it.
  void put(const Address& address, std::uint32_t value);
  void clear();
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return entries_.capacity() * sizeof(Entry) + index_.bytes(); }

 private:
  struct Entry {
    std::uint64_t address = 0;  // 48 bits
    std::uint32_t value = 0;
    bool used = false;  // since the hand last passed
  };
  std::size_t evict();

  std::size_t capacity_;
  std::size_t hand_ = 0;
  std::vector<Entry> entries_;
  FlatIndex index_;
};

}  // namespace aisle::identity
