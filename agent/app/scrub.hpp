// Takes secrets out of text that leaves the gateway: those that are known, and whatever looks like one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aisle::app {

inline constexpr std::string_view kRemoved = "[removed]";

// Removed:
// - each of `secrets`; a short number only where it stands alone;
// - six pairs of hex digits with ':', '-' or '_' between; runs of exactly 12 hex digits (an address) and of 24 or more
//   (a token, a key);
// - what stands behind "password", "secret", "token", "pin", "pin-value" and the like and a '=' or ':';
// - in a URL the user and all that stands behind '?';
// - the name of a record, as our own log writes it: it may be a customer.
[[nodiscard]] std::string scrub(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace aisle::app
