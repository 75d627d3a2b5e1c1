#include "ble/bluez/monitor.hpp"

namespace aisle::bluez {
namespace {

Bytes octets(std::initializer_list<unsigned> values) {
  Bytes out;
  for (const unsigned value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

constexpr std::uint8_t kSomeUuids128 = 0x06;  // AD types of the Core Specification Supplement, part A
constexpr std::uint8_t kAllUuids128 = 0x07;
constexpr std::uint8_t kServiceData16 = 0x16;
constexpr std::uint8_t kManufacturerData = 0xff;

}  // namespace

std::vector<AdPattern> beacon_patterns() {
  return {{0, kAllUuids128, octets({0x4f, 0x32, 0x4f, 0x10})},  // T1 tokens
          {0, kSomeUuids128, octets({0x4f, 0x32, 0x4f, 0x10})},
          {0, kManufacturerData, octets({0x4c, 0x00, 0x02, 0x15})},  // iBeacon
          {0, kServiceData16, octets({0xaa, 0xfe})},                 // Eddystone
          {0, kServiceData16, octets({0xd2, 0xfc})},                 // BTHome
          {2, kManufacturerData, octets({0xbe, 0xac})}};             // AltBeacon, of any company
}

}  // namespace aisle::bluez
