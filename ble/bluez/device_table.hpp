// What was last said about each device: BlueZ tells only what changed, an advert is the whole. Not thread-safe.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

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

  // What BlueZ knew before we listened: its data is kept, its RSSI is stale and is not. `from_path`: the address in
  // `path`.
  void remember(std::string_view path, const AddressBytes& from_path, const DeviceChange& change);
  // Merges `change` and gives the advert that it stands for; none when nothing was heard.
  std::optional<Heard> apply(std::string_view path, const AddressBytes& from_path, const DeviceChange& change);
  void forget(std::string_view path);
  void clear();

  [[nodiscard]] std::size_t size() const { return devices_.size(); }
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }

 private:
  struct Device {
    std::string path;
    // Without an AddressType taken as random: a phone's, and the one kind that is worth resolving.
    Address address{{}, true};
    Dbm rssi;
    Bytes uuids, services, manufacturers;  // as AD structures
  };

  Device& merge(std::string_view path, const AddressBytes& from_path, const DeviceChange& change);
  Device& find_or_add(std::string_view path, const AddressBytes& from_path);

  std::size_t capacity_;
  std::list<Device> devices_;                                                  // last heard first
  std::unordered_map<std::string_view, std::list<Device>::iterator> by_path_;  // keys are the devices' own paths
  std::uint64_t evicted_ = 0;
  Bytes data_;  // of the advert that is put together, reused
};

}  // namespace aisle::bluez
