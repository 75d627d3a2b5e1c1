// What was last said about each device: BlueZ tells only what changed, an advert is the whole. Not thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <map>

#include "agent/model/advert.hpp"
#include "ble/bluez/device.hpp"

namespace aisle::bluez {

struct Heard {
  Address address;
  Dbm rssi;
  Payload payload;
};

class DeviceTable {
 public:
  // Beyond `capacity` devices the one that was silent longest is forgotten.
  explicit DeviceTable(std::size_t capacity) : capacity_(capacity) {}

  // A device's `name` is the address in its path (device_of). The one that it has may be another: BlueZ keeps the path
  // of a device whose private address it resolved.

  // What BlueZ knew before we listened: its data is kept, its RSSI is stale and is not.
  void remember(const AddressBytes& name, DeviceChange change);
  // Merges `change` and gives the advert that it stands for; none when nothing was heard.
  std::optional<Heard> apply(const AddressBytes& name, DeviceChange change);
  void forget(const AddressBytes& name);
  void clear();

  [[nodiscard]] std::size_t size() const { return devices_.size(); }
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }

 private:
  struct Device {
    std::uint64_t key = 0;  // its name as a number
    // Without an AddressType taken as random: a phone's, and the one kind that is worth resolving.
    Address address{{}, true};
    Dbm rssi;
    Bytes uuids, services, manufacturers;  // as AD structures
  };

  static std::uint64_t key_of(const AddressBytes& name);
  Device& merge(const AddressBytes& name, DeviceChange&& change);
  Device& find_or_add(const AddressBytes& name);

  std::size_t capacity_;
  std::list<Device> devices_;  // last heard first
  // In order, not hashed: names come off the air, and whoever sends them could choose some that collide.
  std::map<std::uint64_t, std::list<Device>::iterator> by_name_;
  std::uint64_t evicted_ = 0;
  Bytes data_;  // of the advert that is put together, reused
};

}  // namespace aisle::bluez
