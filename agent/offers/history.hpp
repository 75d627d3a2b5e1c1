// Past decisions by customer, compact: what caps and cooldowns look back on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/offers/offers.hpp"

namespace aisle::offers {

// Numbers for names, reused once nobody holds them.
class Names {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t hold(std::string_view name);
  void release(std::uint32_t number);
  [[nodiscard]] std::uint32_t find(std::string_view name) const;  // kNone when nobody holds it

 private:
  struct Entry {
    std::string name;
    std::uint64_t holders = 0;
  };
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
};

class History {
 public:
  struct Entry {
    std::uint32_t offer;  // of Names
    std::uint32_t group;  // of Names; kNone: no group
    UnixTime at;
  };

  void record(const PastDecision& decision);
  void forget_customer(std::string_view customer);
  // Forgets what is at or before `limit`.
  void prune(UnixTime limit);
  [[nodiscard]] std::size_t size() const { return size_; }
  // nullptr: none. Valid until the next change.
  [[nodiscard]] const std::vector<Entry>* of(std::string_view customer) const;
  [[nodiscard]] std::uint32_t offer_number(std::string_view id) const { return offers_.find(id); }
  [[nodiscard]] std::uint32_t group_number(std::string_view group) const { return groups_.find(group); }

 private:
  void release(const Entry& entry);

  std::map<std::string, std::vector<Entry>, std::less<>> customers_;
  Names offers_;
  Names groups_;
  std::size_t size_ = 0;
  UnixTime oldest_ = UnixTime::max();  // no entry is older
};

}  // namespace aisle::offers
