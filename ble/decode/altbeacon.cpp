// AltBeacon, after any company id (AltBeacon protocol specification v1.0, github.com/AltBeacon/spec):
//   0  2  beacon code be ac
//   2 16  id1 (organisational unit), most significant byte first
//  18  2  id2, big-endian
//  20  2  id3, big-endian
//  22  1  reference RSSI, dBm at 1 m
//  23  1  reserved by the manufacturer; tolerated missing, as is anything after it
#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::uint16_t kBeaconCode = 0xBEAC;
}

bool decode_altbeacon(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  if (reader.u16_be() != kBeaconCode) return false;
  const AltBeacon beacon{reader.bytes<16>(), reader.u16_be(), reader.u16_be(), reader.i8(), section.key};
  if (reader.ok()) {
    sink.add(beacon);
  } else {
    sink.reject("altbeacon_truncated");
  }
  return true;
}

}  // namespace aisle::decode
