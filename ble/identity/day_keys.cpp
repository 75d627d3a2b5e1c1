#include "ble/identity/day_keys.hpp"

namespace aisle::identity {

std::uint32_t DayKeys::put(std::uint32_t device, const Key128& rpik) {
  std::uint32_t position = find(device);
  if (position != kNone) {
    rpiks_[position] = rpik;
    return position;
  }
  if (free_.empty()) {
    position = positions();
    devices_.push_back(device);
    rpiks_.push_back(rpik);
  } else {
    position = free_.take_back();
    devices_[position] = device;
    rpiks_[position] = rpik;
  }
  index_.insert(hash_u64(device), position);
  return position;
}

void DayKeys::erase(std::uint32_t position) {
  index_.erase(hash_u64(devices_[position]), position);
  devices_[position] = kNone;
  rpiks_[position] = Key128{};
  free_.push_back(position);
}

std::uint32_t DayKeys::find(std::uint32_t device) const {
  return index_.find(hash_u64(device), [&](std::uint32_t position) { return devices_[position] == device; });
}

std::size_t DayKeys::bytes() const {
  return devices_.bytes() + rpiks_.bytes() + free_.bytes() + index_.bytes();
}

}  // namespace aisle::identity
