#include "ble/identity/eid.hpp"

#include <algorithm>

namespace aisle::identity {
namespace {

// Both blocks: 11 zeros | tag | BE32(value).
Block salted(std::byte tag, std::uint32_t value) {
  Block block{};
  block[11] = tag;
  for (std::size_t i = 0; i < 4; ++i) block[12 + i] = static_cast<std::byte>((value >> (24 - 8 * i)) & 0xFFU);
  return block;
}

constexpr std::byte kTemporaryKeySalt{0xff};
constexpr std::uint8_t kMaxExponent = 15;

}  // namespace

Key128 eid_temporary_key(Aes128& aes, const Key128& identity_key, std::uint32_t t) {
  aes.set_key(identity_key);
  return aes.encrypt(salted(kTemporaryKeySalt, t >> 16U));
}

Eid derive_eid(Aes128& aes, const Key128& identity_key, std::uint8_t k, std::uint32_t t) {
  const std::uint8_t exponent = std::min(k, kMaxExponent);
  aes.set_key(eid_temporary_key(aes, identity_key, t));
  const Block block = aes.encrypt(salted(static_cast<std::byte>(exponent), (t >> exponent) << exponent));
  Eid eid;
  std::copy_n(block.begin(), eid.size(), eid.begin());
  return eid;
}

}  // namespace aisle::identity
