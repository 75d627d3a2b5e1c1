// The duplicate filter inside a controller. Pure.
#pragma once

#include <string>
#include <unordered_set>

#include "tests/bluez/controller/advertisement.hpp"
#include "tests/bluez/controller/options.hpp"

namespace aisle::rig {

class DuplicateFilter {
 public:
  explicit DuplicateFilter(Duplicates what) : what_(what) {}
  // True the first time since `clear`. A scan response and an advert are never repetitions of each other.
  bool admit(const Address& address, bool scan_response, ByteSpan data);
  void clear() { seen_.clear(); }

 private:
  // A full filter forgets everything, as a controller's does sooner.
  static constexpr std::size_t kCapacity = 65'536;

  Duplicates what_;
  std::unordered_set<std::string> seen_;
};

}  // namespace aisle::rig
