#include "ble/identity/device_table.hpp"

namespace aisle::identity {

std::uint32_t DeviceTable::find(std::uint32_t ordinal) const {
  return index_.find(hash_u64(ordinal), [&](std::uint32_t index) { return devices_[index].ordinal == ordinal; });
}

std::uint32_t DeviceTable::find_or_add(std::uint32_t ordinal) {
  std::uint32_t index = find(ordinal);
  if (index != kNone) return index;
  if (free_.empty()) {
    index = indices();
    devices_.push_back({});
  } else {
    index = free_.take_back();
  }
  devices_[index] = DeviceState{};
  devices_[index].ordinal = ordinal;
  devices_[index].used = true;
  index_.insert(hash_u64(ordinal), index);
  return index;
}

void DeviceTable::collect(std::uint32_t index) {
  DeviceState& device = devices_[index];
  if (!device.used || device.claimed() || device.keys > 0) return;
  index_.erase(hash_u64(device.ordinal), index);
  device.used = false;
  free_.push_back(index);
}

void DeviceTable::claim(std::uint32_t index, std::uint32_t owner, std::int8_t tx_offset_db) {
  DeviceState& device = devices_[index];
  if (device.owner == kNone) {
    device.owner = owner;
    device.tx_offset_db = tx_offset_db;
    ++claimed_;
  } else if (device.owner == DeviceState::kContested) {
    contested_.join(index, owner);
  } else if (device.owner != owner) {
    contested_.add(index, device.owner, owner);
    device.owner = DeviceState::kContested;
  }
}

std::optional<std::uint32_t> DeviceTable::release(std::uint32_t index, std::uint32_t owner) {
  DeviceState& device = devices_[index];
  if (device.owner == DeviceState::kContested) {
    const auto left = contested_.leave(index, owner);
    if (left) device.owner = *left;
    return left;
  }
  if (device.owner == owner) {
    device.owner = kNone;
    --claimed_;
  }
  return std::nullopt;
}

void DeviceTable::release_all() {
  contested_.clear();
  claimed_ = 0;
  for (std::uint32_t index = 0; index < indices(); ++index) {
    devices_[index].owner = kNone;
    collect(index);
  }
}

std::size_t DeviceTable::bytes() const {
  return devices_.bytes() + free_.bytes() + index_.bytes() + contested_.bytes();
}

}  // namespace aisle::identity
