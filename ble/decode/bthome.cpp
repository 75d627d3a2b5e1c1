// BTHome v2, after the service UUID FCD2 (bthome.io/format, bthome.io/encryption):
//   0  1  device information: bit 0 encrypted, bit 2 trigger-based, bits 5 to 7 version
//   1  n  objects, see bthome_objects.cpp; or ciphertext, 4 bytes counter, 4 bytes integrity check
// Other versions are not understood and passed over.
#include "ble/decode/bthome.hpp"

#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::uint8_t kVersion = 2;
constexpr unsigned kEncryptedBit = 0x01;
constexpr unsigned kVersionShift = 5;
constexpr std::size_t kMinEncrypted = 8;  // counter and integrity check
}  // namespace

bool decode_bthome(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  const unsigned info = reader.u8();
  if (reader.ok() && info >> kVersionShift != kVersion) return false;
  const bool encrypted = (info & kEncryptedBit) != 0;
  if (!reader.ok() || (encrypted && reader.rest().size() < kMinEncrypted)) {
    sink.reject("bthome_truncated");
    return true;
  }
  const BtHomeCheck check = encrypted ? BtHomeCheck() : check_bthome_objects(reader.rest());
  sink.add(BtHome{kVersion, encrypted, check.sound});
  if (check.truncated) sink.reject("bthome_truncated");
  return true;
}

}  // namespace aisle::decode
