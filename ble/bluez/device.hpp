// What one signal says about one device, checked. Pure.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "agent/model/ids.hpp"
#include "ble/bluez/value.hpp"

namespace aisle::bluez {

using AddressBytes = std::array<std::uint8_t, 6>;

// Absent: not mentioned, or not of the type that BlueZ documents for it.
struct DeviceChange {
  std::optional<AddressBytes> address;
  std::optional<bool> random;
  std::optional<Dbm> rssi;                              // unknown (127) where BlueZ says that it is no longer valid
  std::optional<Bytes> uuids, services, manufacturers;  // as AD structures, kMaxAdvertData bytes at most
  bool heard = false;  // an advert came in: RSSI, UUIDs, service or manufacturer data were set, not merely withdrawn
};

[[nodiscard]] DeviceChange device_change(const Properties& changed, const Texts& invalidated);

// "01:23:45:67:89:AB", or with another separator; either case.
[[nodiscard]] std::optional<AddressBytes> parse_address(std::string_view text, char separator = ':');
// The address in "{adapter}/dev_01_23_45_67_89_AB"; nothing when `path` is no device directly below `adapter`.
[[nodiscard]] std::optional<AddressBytes> device_of(std::string_view adapter, std::string_view path);

}  // namespace aisle::bluez
