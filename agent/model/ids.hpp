// Strong types for the values that are easily confused.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace aisle {

// Store and gateway ids: [a-z0-9][a-z0-9-]{0,31}.
[[nodiscard]] bool is_site_id(std::string_view text);

// Stands for a customer who was deleted where a count is kept for a while: 32 hex digits of a SHA-256 over the id.
[[nodiscard]] std::string customer_digest(std::string_view customer);

// A gateway id held inline, so that adverts carry it without allocation. Longer text is cut at 32 bytes; check with
// is_site_id first.
class GatewayId {
 public:
  GatewayId() = default;
  explicit GatewayId(std::string_view text)
      : length_(static_cast<std::uint8_t>(std::min<std::size_t>(text.size(), 32))) {
    std::memcpy(text_.data(), text.data(), length_);
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), length_}; }
  [[nodiscard]] bool empty() const { return length_ == 0; }
  friend bool operator==(const GatewayId& a, const GatewayId& b) { return a.view() == b.view(); }
  friend auto operator<=>(const GatewayId& a, const GatewayId& b) { return a.view() <=> b.view(); }

 private:
  std::array<char, 32> text_{};
  std::uint8_t length_ = 0;
};

// Received signal strength, dBm. Radios report 127, 0 and -127 for "unknown".
struct Dbm {
  std::int8_t value = 127;
  [[nodiscard]] bool known() const { return value != 127 && value != 0 && value != -127; }
};

// A Bluetooth device address, most significant byte first (as people write it).
struct Address {
  std::array<std::uint8_t, 6> bytes{};
  bool random = false;
  // Two most significant bits 01 of a random address.
  [[nodiscard]] bool resolvable_private() const { return random && (bytes[0] & 0xC0U) == 0x40U; }
  friend bool operator==(const Address&, const Address&) = default;
};

// Rises: what an answer to "who is it" is worth.
enum class Assurance : std::uint8_t { static_id, rotating, challenge };
[[nodiscard]] std::string_view to_string(Assurance assurance);  // "static", "rotating", "challenge"

enum class Confidence : std::uint8_t { low, medium, high };
[[nodiscard]] std::string_view to_string(Confidence confidence);

// The kinds of the contract, in its order.
enum class BeaconKind : std::uint8_t {
  ibeacon,
  altbeacon,
  eddystone_uid,
  eddystone_url,
  eddystone_tlm,
  eddystone_eid,
  aisle_token,
  apple_overflow,
  bthome
};
inline constexpr std::size_t kBeaconKinds = 9;
[[nodiscard]] std::string_view to_string(BeaconKind kind);  // as in the contract: "ibeacon", "eddystone_uid", ...

}  // namespace aisle
