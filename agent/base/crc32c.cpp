#include "agent/base/crc32c.hpp"

#include <array>

namespace aisle {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78U;  // reflected

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? kPolynomial : 0U);
    table.at(byte) = value;
  }
  return table;
}

constexpr auto kTable = make_table();

std::uint32_t step(std::uint32_t state, std::uint8_t byte) {
  return (state >> 8U) ^ kTable[(state ^ byte) & 0xFFU];
}

}  // namespace

Crc32c& Crc32c::add(std::string_view bytes) {
  for (const char byte : bytes) state_ = step(state_, static_cast<std::uint8_t>(byte));
  return *this;
}

Crc32c& Crc32c::add(std::uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8) state_ = step(state_, static_cast<std::uint8_t>(number >> shift));
  return *this;
}

}  // namespace aisle
