#include "ble/bluez/device_table.hpp"

#include <utility>

#include "ble/bluez/payload.hpp"

namespace aisle::bluez {
namespace {

void take(Bytes& known, std::optional<Bytes>& said) {
  if (said) known = std::move(*said);
}

}  // namespace

DeviceTable::Device& DeviceTable::find_or_add(const AddressBytes& name) {
  const std::uint64_t key = key_of(name);
  if (const auto found = by_name_.find(key); found != by_name_.end()) {
    devices_.splice(devices_.begin(), devices_, found->second);
    return devices_.front();
  }
  if (devices_.size() >= capacity_) {
    by_name_.erase(devices_.back().key);
    devices_.pop_back();
    ++evicted_;
  }
  Device& device = devices_.emplace_front();
  device.key = key;
  device.address.bytes = name;
  by_name_.emplace(key, devices_.begin());
  return device;
}

DeviceTable::Device& DeviceTable::merge(const AddressBytes& name, DeviceChange&& change) {
  Device& device = find_or_add(name);
  if (change.address) device.address.bytes = *change.address;
  if (change.random) device.address.random = *change.random;
  if (change.rssi) device.rssi = *change.rssi;
  take(device.uuids, change.uuids);
  take(device.services, change.services);
  take(device.manufacturers, change.manufacturers);
  return device;
}

void DeviceTable::remember(const AddressBytes& name, DeviceChange change) {
  merge(name, std::move(change)).rssi = Dbm{};
}

std::optional<Heard> DeviceTable::apply(const AddressBytes& name, DeviceChange change) {
  const bool heard = change.heard;
  const Device& device = merge(name, std::move(change));
  if (!heard) return std::nullopt;
  data_.clear();
  for (const Bytes* part : {&device.uuids, &device.services, &device.manufacturers}) {
    append_structures(data_, *part, kMaxAdvertData);
  }
  return Heard{device.address, device.rssi, Payload(data_)};
}

void DeviceTable::forget(const AddressBytes& name) {
  const auto found = by_name_.find(key_of(name));
  if (found == by_name_.end()) return;
  const auto device = found->second;
  by_name_.erase(found);
  devices_.erase(device);
}

void DeviceTable::clear() {
  by_name_.clear();
  devices_.clear();
}

std::uint64_t DeviceTable::key_of(const AddressBytes& name) {
  std::uint64_t key = 0;
  for (const auto octet : name) key = key << 8U | octet;
  return key;
}

}  // namespace aisle::bluez
