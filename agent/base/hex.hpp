// Lower-case hex, UUID text and base64.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.hpp"

namespace aisle {

using Bytes = std::vector<std::byte>;
using ByteSpan = std::span<const std::byte>;
using Key128 = std::array<std::byte, 16>;

[[nodiscard]] std::string to_hex(ByteSpan bytes);

// Either case. Errors: odd length, or the first character that is not a hex digit, with its place.
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

// Exactly N bytes of hex. Error: names the expected number of digits.
template <std::size_t N>
[[nodiscard]] Result<std::array<std::byte, N>> from_hex_fixed(std::string_view text) {
  if (text.size() != 2 * N) return fail("{} hex digits expected, not {}", 2 * N, text.size());
  auto bytes = from_hex(text);
  if (!bytes) return tl::unexpected(bytes.error());
  std::array<std::byte, N> out;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

// 16 bytes, most significant first, as 8-4-4-4-12 lower case; and back (either case).
[[nodiscard]] std::string uuid_text(std::span<const std::byte, 16> bytes);
[[nodiscard]] Result<Key128> parse_uuid(std::string_view text);

// RFC 4648 with padding.
[[nodiscard]] std::string to_base64(ByteSpan bytes);
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

}  // namespace aisle
