// The T1 customer token and the check-in proof, as phones make them. The construction is that of the Exposure
// Notification cryptography specification v1.2 with labels of our own; its labels ("EN-RPIK", "EN-RPI") give its
// published vectors.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/base/hex.hpp"
#include "ble/identity/crypto.hpp"

namespace aisle::identity {

inline constexpr std::string_view kRpikLabel = "AISLE-T1-RPIK";
inline constexpr std::string_view kRpiLabel = "AISLE1";  // at most 6 bytes
inline constexpr std::string_view kCheckinLabel = "AISLE-CHECKIN";

using Rpi = std::array<std::byte, 16>;
using OnAirRpi = std::span<const std::byte, 12>;  // rpi[0..11], all that fits the advertisement

// HKDF(day_key, label, 16). The second form reuses a context: for many keys.
[[nodiscard]] Key128 derive_rpik(const Key128& day_key, std::string_view label = kRpikLabel);
[[nodiscard]] Key128 derive_rpik(Hkdf& hkdf, const Key128& day_key, std::string_view label = kRpikLabel);

// AES(rpik, label | zeros up to 12 bytes | LE32(interval)). `interval` is unix seconds / 600. A longer label is cut at
// 6 bytes. The second form rekeys a context: for many tokens.
[[nodiscard]] Rpi derive_rpi(const Key128& rpik, std::uint32_t interval, std::string_view label = kRpiLabel);
[[nodiscard]] Rpi derive_rpi(Aes128& aes, const Key128& rpik, std::uint32_t interval,
                             std::string_view label = kRpiLabel);

// The whole AD structure on the air: 11 07 4f 32 4f 10 rpi[0..11].
[[nodiscard]] std::array<std::byte, 18> token_ad(const Rpi& rpi);
[[nodiscard]] std::string token_ad_hex(const Rpi& rpi);
// The service UUID an app registers: the same 16 bytes, reversed, as UUID text.
[[nodiscard]] std::string token_uuid(const Rpi& rpi);

// HMAC-SHA256(HKDF(day_key, "AISLE-CHECKIN", 32), nonce | gateway id | rpi[0..11])[0..15]. Compare with proofs_equal.
[[nodiscard]] std::array<std::byte, 16> checkin_proof(const Key128& day_key, const std::array<std::byte, 16>& nonce,
                                                      std::string_view gateway_id, OnAirRpi rpi);
// In constant time.
[[nodiscard]] bool proofs_equal(const std::array<std::byte, 16>& a, const std::array<std::byte, 16>& b);

}  // namespace aisle::identity
