// Eddystone-EID, after the service UUID FEAA (github.com/google/eddystone, eddystone-eid):
//   0  1  frame type 30
//   1  1  TX power, dBm at 0 m
//   2  8  ephemeral identifier
// Anything after that is tolerated.
#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::uint8_t kFrameType = 0x30;
}

bool decode_eddystone_eid(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  if (reader.u8() != kFrameType) return false;
  const std::int8_t tx_power = reader.i8();
  const EddystoneEid beacon{reader.bytes<8>(), tx_power};
  if (reader.ok()) {
    sink.add(beacon);
  } else {
    sink.reject("eddystone_eid_truncated");
  }
  return true;
}

}  // namespace aisle::decode
