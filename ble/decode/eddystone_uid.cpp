// Eddystone-UID, after the service UUID FEAA (github.com/google/eddystone, eddystone-uid):
//   0  1  frame type 00
//   1  1  TX power, dBm at 0 m
//   2 10  namespace
//  12  6  instance
//  18  2  reserved; tolerated missing, as is anything after it
#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::uint8_t kFrameType = 0x00;
}

bool decode_eddystone_uid(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  if (reader.u8() != kFrameType || !reader.ok()) return false;
  const std::int8_t tx_power = reader.i8();
  const EddystoneUidFrame beacon{reader.bytes<10>(), reader.bytes<6>(), tx_power};
  if (reader.ok()) {
    sink.add(beacon);
  } else {
    sink.reject("eddystone_uid_truncated");
  }
  return true;
}

}  // namespace aisle::decode
