#include "ble/source/recent_devices.hpp"

namespace aisle {

std::size_t address_slot(const Address& address, std::size_t slots) {
  std::uint64_t value = 0;
  for (const auto octet : address.bytes) value = value << 8U | octet;
  // Fibonacci hashing: the upper half of the product depends on every octet.
  return static_cast<std::size_t>((value * 0x9E3779B97F4A7C15ULL) >> 40U) % slots;
}

void RecentDevices::heard(const Address& address, Dbm rssi, SteadyTime now) {
  RecentDevice& device = slots_[address_slot(address, slots_.size())];
  const bool known = device.newest() != SteadyTime{} && device.address == address;
  if (!known) {
    if (device.newest() != SteadyTime{} && now - device.newest() < kKept) return;
    device = {};
    device.address = address;
  }
  device.heard_at = {now, device.heard_at[0], device.heard_at[1]};
  if (!rssi.known()) return;
  const bool first = device.level_dbm <= -127;
  device.level_dbm = first ? rssi.value : device.level_dbm + (rssi.value - device.level_dbm) / 4;
}

const RecentDevice* RecentDevices::find(const Address& address) const {
  const RecentDevice& device = slots_[address_slot(address, slots_.size())];
  return device.newest() != SteadyTime{} && device.address == address ? &device : nullptr;
}

}  // namespace aisle
