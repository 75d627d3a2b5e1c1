// The customer-app token T1, one of a list of 128-bit service UUIDs, bytes as on the air (CONTRACT, "The customer-app
// beacon"):
//   0  3  namespace 4f 32 4f
//   3  1  version 10
//   4 12  first 12 bytes of the rolling proximity identifier
// UUIDs of other namespaces or versions are passed over.
#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::size_t kUuidSize = 16;
constexpr std::uint8_t kVersion = 0x10;
constexpr std::uint32_t kPrefix = 0x4F324F00U | kVersion;
}  // namespace

bool decode_aisle_token(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  while (reader.rest().size() >= kUuidSize) {
    const std::uint32_t prefix = reader.u32_be();
    const auto rpi = reader.bytes<12>();
    if (prefix == kPrefix) sink.add(AisleToken{kVersion, rpi});
  }
  if (!reader.rest().empty()) sink.reject("uuid128_length");
  return true;
}

}  // namespace aisle::decode
