// Devices by ordinal: who claims each, and the newest interval heard of it. A device exists while somebody claims it or
// a key of it is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "ble/identity/chunked.hpp"
#include "ble/identity/contested.hpp"
#include "ble/identity/flat_index.hpp"

namespace aisle::identity {

struct DeviceState {
  static constexpr std::uint32_t kContested = kNone - 1;

  std::uint32_t ordinal = 0;
  std::uint32_t owner = kNone;  // a customer's slot, kContested or kNone
  std::uint32_t newest_heard = 0;
  std::uint16_t keys = 0;  // how many days' keys are kept of it
  std::int8_t tx_offset_db = 0;
  bool used = false;
  [[nodiscard]] bool claimed() const { return owner != kNone; }
};

class DeviceTable {
 public:
  // Indices stay valid until `collect` frees them.
  [[nodiscard]] std::uint32_t find(std::uint32_t ordinal) const;
  std::uint32_t find_or_add(std::uint32_t ordinal);
  [[nodiscard]] DeviceState& operator[](std::uint32_t index) { return devices_[index]; }
  [[nodiscard]] const DeviceState& operator[](std::uint32_t index) const { return devices_[index]; }
  [[nodiscard]] std::uint32_t indices() const { return static_cast<std::uint32_t>(devices_.size()); }
  // Frees the device when nothing holds it.
  void collect(std::uint32_t index);

  // `owner` claims it too, or alone. Claiming twice has no further effect.
  void claim(std::uint32_t index, std::uint32_t owner, std::int8_t tx_offset_db);
  // The owner that the device falls to because its contest is over, if it was contested; its tx_offset_db is to be set.
  std::optional<std::uint32_t> release(std::uint32_t index, std::uint32_t owner);
  void release_all();

  // Devices with a claim.
  [[nodiscard]] std::size_t claimed() const { return claimed_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  Chunked<DeviceState> devices_;
  Chunked<std::uint32_t> free_;
  FlatIndex index_;
  Contested<std::uint32_t> contested_;  // by device index
  std::size_t claimed_ = 0;
};

}  // namespace aisle::identity
