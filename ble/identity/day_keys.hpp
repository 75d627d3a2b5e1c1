// The token keys (RPIKs) of one UTC day, by device: devices are numbered densely, so a key takes its 16 bytes and a
// bit.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "agent/base/hex.hpp"

namespace aisle::identity {

class DayKeys {
 public:
  // Adds or replaces.
  void put(std::uint32_t device, const Key128& rpik);
  // No effect without a key of the device.
  void erase(std::uint32_t device);
  // Null: there is none. Valid until the next change.
  [[nodiscard]] const Key128* find(std::uint32_t device) const;

  // Devices that have a key are below this.
  [[nodiscard]] std::uint32_t devices() const { return devices_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  static constexpr std::size_t kChunk = 1024;
  struct Chunk {
    std::array<Key128, kChunk> rpiks;
    std::bitset<kChunk> used;
  };

  std::vector<std::unique_ptr<Chunk>> chunks_;  // null: no device of it has a key
  std::uint32_t devices_ = 0;
  std::size_t size_ = 0;
};

}  // namespace aisle::identity
