// iBeacon, after the company id 004c (Apple, Proximity Beacon Specification R1, 2015):
//   0  1  type 02
//   1  1  length 15 (21)
//   2 16  proximity UUID, most significant byte first
//  18  2  major, big-endian
//  20  2  minor, big-endian
//  22  1  measured power, dBm at 1 m
// Anything after that is tolerated.
#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::uint16_t kPrefix = 0x0215;
}

bool decode_ibeacon(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  if (reader.u16_be() != kPrefix) return false;
  const IBeacon beacon{reader.bytes<16>(), reader.u16_be(), reader.u16_be(), reader.i8()};
  if (reader.ok()) {
    sink.add(beacon);
  } else {
    sink.reject("ibeacon_truncated");
  }
  return true;
}

}  // namespace aisle::decode
