#include "ble/bluez/device_table.hpp"

#include "ble/bluez/payload.hpp"

namespace aisle::bluez {
namespace {

// No part of an advert is longer than an advert can be, however much is claimed.
Bytes bounded(Bytes structures) {
  if (structures.size() <= kMaxAdvertData) return structures;
  Bytes out;
  append_structures(out, structures, kMaxAdvertData);
  return out;
}

}  // namespace

DeviceTable::Device& DeviceTable::find_or_add(std::string_view path, const AddressBytes& from_path) {
  if (const auto found = by_path_.find(path); found != by_path_.end()) {
    devices_.splice(devices_.begin(), devices_, found->second);
    return devices_.front();
  }
  if (devices_.size() >= capacity_) {
    by_path_.erase(devices_.back().path);
    devices_.pop_back();
    ++evicted_;
  }
  Device& device = devices_.emplace_front();
  device.path = path;
  device.address.bytes = from_path;
  by_path_.emplace(device.path, devices_.begin());
  return device;
}

DeviceTable::Device& DeviceTable::merge(std::string_view path, const AddressBytes& from_path,
                                        const DeviceChange& change) {
  Device& device = find_or_add(path, from_path);
  if (change.address) device.address.bytes = *change.address;
  if (change.random) device.address.random = *change.random;
  if (change.rssi) device.rssi = *change.rssi;
  if (change.uuids) device.uuids = bounded(encode_uuids(*change.uuids));
  if (change.services) device.services = bounded(encode_services(*change.services));
  if (change.manufacturers) device.manufacturers = bounded(encode_manufacturers(*change.manufacturers));
  return device;
}

void DeviceTable::remember(std::string_view path, const AddressBytes& from_path, const DeviceChange& change) {
  merge(path, from_path, change).rssi = Dbm{};
}

std::optional<Heard> DeviceTable::apply(std::string_view path, const AddressBytes& from_path,
                                        const DeviceChange& change) {
  const Device& device = merge(path, from_path, change);
  if (!change.heard) return std::nullopt;
  data_.clear();
  for (const Bytes* part : {&device.uuids, &device.services, &device.manufacturers}) {
    append_structures(data_, *part, kMaxAdvertData);
  }
  return Heard{device.address, device.rssi, Payload(data_)};
}

void DeviceTable::forget(std::string_view path) {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return;
  const auto device = found->second;
  by_path_.erase(found);
  devices_.erase(device);
}

void DeviceTable::clear() {
  by_path_.clear();
  devices_.clear();
}

}  // namespace aisle::bluez
