// Reads integers and byte runs off a span, never outside it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace aisle::decode {

// Reading past the end gives zeros and makes `ok` false for good; read a whole layout, then ask once.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  // What has not been read.
  [[nodiscard]] std::span<const std::byte> rest() const { return rest_; }

  // The next N bytes, inside the input while `ok`.
  template <std::size_t N>
  std::span<const std::byte, N> bytes() {
    static constexpr std::array<std::byte, N> kZeros{};
    if (rest_.size() < N) {
      ok_ = false;
      rest_ = {};
      return std::span<const std::byte, N>(kZeros);
    }
    const auto taken = rest_.first<N>();
    rest_ = rest_.subspan(N);
    return taken;
  }

  std::uint8_t u8() { return std::to_integer<std::uint8_t>(bytes<1>()[0]); }
  std::int8_t i8() { return static_cast<std::int8_t>(u8()); }
  std::uint16_t u16_be() { return static_cast<std::uint16_t>(big_endian<2>()); }
  std::uint32_t u32_be() { return big_endian<4>(); }
  std::uint16_t u16_le() {
    const auto b = bytes<2>();
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(b[0]) | std::to_integer<unsigned>(b[1]) << 8U);
  }

 private:
  template <std::size_t N>
  std::uint32_t big_endian() {
    std::uint32_t value = 0;
    for (const std::byte b : bytes<N>()) value = value << 8U | std::to_integer<std::uint32_t>(b);
    return value;
  }

  std::span<const std::byte> rest_;
  bool ok_ = true;
};

}  // namespace aisle::decode
