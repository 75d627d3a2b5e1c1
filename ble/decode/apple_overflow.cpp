// Apple's overflow area, the service UUIDs of background apps, after the company id 004c (not published by Apple; as
// observed by David G. Young, "Hacking the Overflow Area", 2020):
//   0  1  type 01
//   1 16  one bit of 128 for each UUID, by an unpublished hash
// Exactly this long; type 01 of any other length is something else.
#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::uint8_t kType = 0x01;
}

bool decode_apple_overflow(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  if (reader.u8() != kType) return false;
  const AppleOverflow beacon{reader.bytes<16>()};
  if (!reader.ok() || !reader.rest().empty()) return false;
  sink.add(beacon);
  return true;
}

}  // namespace aisle::decode
