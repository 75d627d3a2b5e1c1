#include "ble/identity/rpa.hpp"

#include <cstddef>

namespace aisle::identity {
namespace {

std::uint32_t big_endian_24(std::uint8_t a, std::uint8_t b, std::uint8_t c) {
  return (std::uint32_t{a} << 16U) | (std::uint32_t{b} << 8U) | c;
}

}  // namespace

std::uint32_t rpa_hash(Aes128& irk, std::uint32_t prand) {
  Block block{};
  for (std::size_t i = 0; i < 3; ++i) block[13 + i] = static_cast<std::byte>((prand >> (16 - 8 * i)) & 0xFFU);
  const Block result = irk.encrypt(block);
  return big_endian_24(std::to_integer<std::uint8_t>(result[13]), std::to_integer<std::uint8_t>(result[14]),
                       std::to_integer<std::uint8_t>(result[15]));
}

bool rpa_matches(Aes128& irk, const Address& address) {
  if (!address.resolvable_private()) return false;
  const auto& b = address.bytes;
  return rpa_hash(irk, big_endian_24(b[0], b[1], b[2])) == big_endian_24(b[3], b[4], b[5]);
}

}  // namespace aisle::identity
