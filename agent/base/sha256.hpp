// SHA-256, for ids and buckets that the contract defines by it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "agent/base/hex.hpp"

namespace aisle {

using Sha256 = std::array<std::byte, 32>;

[[nodiscard]] Sha256 sha256(ByteSpan bytes);
[[nodiscard]] Sha256 sha256(std::string_view text);

}  // namespace aisle
