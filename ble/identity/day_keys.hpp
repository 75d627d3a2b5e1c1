// The token keys (RPIKs) of one UTC day. Positions are stable: a position stays its device's until erased.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/base/hex.hpp"
#include "ble/identity/chunked.hpp"
#include "ble/identity/flat_index.hpp"

namespace aisle::identity {

class DayKeys {
 public:
  // Adds or replaces; the position.
  std::uint32_t put(std::uint32_t device, const Key128& rpik);
  void erase(std::uint32_t position);
  // The device's position or kNone.
  [[nodiscard]] std::uint32_t find(std::uint32_t device) const;

  // Positions are 0 to positions() - 1; those erased and not yet reused have device kNone.
  [[nodiscard]] std::uint32_t positions() const { return static_cast<std::uint32_t>(devices_.size()); }
  [[nodiscard]] std::uint32_t device(std::uint32_t position) const { return devices_[position]; }
  [[nodiscard]] const Key128& rpik(std::uint32_t position) const { return rpiks_[position]; }
  [[nodiscard]] std::size_t size() const { return index_.size(); }
  [[nodiscard]] std::size_t bytes() const;

 private:
  Chunked<std::uint32_t> devices_;
  Chunked<Key128> rpiks_;
  Chunked<std::uint32_t> free_;
  FlatIndex index_;
};

}  // namespace aisle::identity
