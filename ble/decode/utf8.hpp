// Whether bytes are well-formed UTF-8.
#pragma once

#include <cstddef>
#include <span>

namespace aisle::decode {

// By table 3-7 of the Unicode Standard: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] inline bool is_utf8(std::span<const std::byte> bytes) {
  const auto in = [&](std::size_t i, unsigned low, unsigned high) {
    if (i >= bytes.size()) return false;
    const auto value = std::to_integer<unsigned>(bytes[i]);
    return low <= value && value <= high;
  };
  const auto tail = [&](std::size_t i) { return in(i, 0x80, 0xBF); };
  for (std::size_t i = 0; i < bytes.size();) {
    if (in(i, 0x00, 0x7F)) {
      i += 1;
    } else if (in(i, 0xC2, 0xDF) && tail(i + 1)) {
      i += 2;
    } else if (in(i, 0xE0, 0xEF) && in(i + 1, in(i, 0xE0, 0xE0) ? 0xA0 : 0x80, in(i, 0xED, 0xED) ? 0x9F : 0xBF) &&
               tail(i + 2)) {
      i += 3;
    } else if (in(i, 0xF0, 0xF4) && in(i + 1, in(i, 0xF0, 0xF0) ? 0x90 : 0x80, in(i, 0xF4, 0xF4) ? 0x8F : 0xBF) &&
               tail(i + 2) && tail(i + 3)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace aisle::decode
