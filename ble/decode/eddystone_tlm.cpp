// Eddystone-TLM, unencrypted, after the service UUID FEAA (github.com/google/eddystone, eddystone-tlm/tlm-plain.md):
//   0  1  frame type 20
//   1  1  version 00; 01 is the encrypted form, which only its owner can read
//   2  2  battery, mV, big-endian; 0 when unsupported
//   4  2  temperature, signed 8.8 fixed point degree C, big-endian; 8000 when unsupported
//   6  4  adverts since power-on or reboot, big-endian
//  10  4  time since power-on or reboot, 0.1 s, big-endian
// Anything after that is tolerated.
#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::uint8_t kFrameType = 0x20;
constexpr std::uint8_t kVersion = 0x00;
}  // namespace

bool decode_eddystone_tlm(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  if (reader.u8() != kFrameType) return false;
  if (reader.u8() != kVersion) return false;
  const std::uint16_t battery = reader.u16_be();
  const auto temperature = static_cast<std::int16_t>(reader.u16_be());
  const EddystoneTlm beacon{battery, temperature, reader.u32_be(), reader.u32_be()};
  if (reader.ok()) {
    sink.add(beacon);
  } else {
    sink.reject("eddystone_tlm_truncated");
  }
  return true;
}

}  // namespace aisle::decode
