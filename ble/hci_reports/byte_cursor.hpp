// Reads numbers and runs of bytes from a span, never past its end: after the first read that does not fit, `ok` is
// false and everything reads as zero or empty.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/base/hex.hpp"

namespace aisle {

enum class ByteOrder { little, big };

class ByteCursor {
 public:
  explicit ByteCursor(ByteSpan data) : rest_(data) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  ByteSpan take(std::size_t count) {
    if (!ok_ || count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const ByteSpan taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  ByteSpan take_all() { return take(rest_.size()); }
  void skip(std::size_t count) { take(count); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1, ByteOrder::little)); }
  std::int8_t i8() { return static_cast<std::int8_t>(u8()); }
  std::uint16_t u16(ByteOrder order) { return static_cast<std::uint16_t>(number(2, order)); }
  std::uint32_t u32(ByteOrder order) { return static_cast<std::uint32_t>(number(4, order)); }
  std::uint64_t u64(ByteOrder order) { return number(8, order); }

 private:
  std::uint64_t number(std::size_t width, ByteOrder order) {
    const ByteSpan bytes = take(width);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::size_t at = order == ByteOrder::big ? i : bytes.size() - 1 - i;
      value = (value << 8U) | std::to_integer<std::uint64_t>(bytes[at]);
    }
    return value;
  }

  ByteSpan rest_;
  bool ok_ = true;
};

}  // namespace aisle
