// Takes secrets out of text that leaves the gateway: passwords that are known, and whatever looks like a Bluetooth
// address or a key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aisle::app {

inline constexpr std::string_view kRemoved = "[removed]";

// Removed: each of `secrets`; six pairs of hex digits with ':', '-' or '_' between; runs of exactly 12 hex digits (an
// address) and of 24 or more (a token, a key).
[[nodiscard]] std::string scrub(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace aisle::app
