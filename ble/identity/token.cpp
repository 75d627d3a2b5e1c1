#include "ble/identity/token.hpp"

#include <algorithm>
#include <iterator>

namespace aisle::identity {
namespace {

constexpr std::size_t kLabelRoom = 6;
constexpr std::size_t kIntervalAt = 12;

Block padded(std::string_view label, std::uint32_t interval) {
  Block block{};
  label = label.substr(0, kLabelRoom);
  std::ranges::transform(label, block.begin(), [](char c) { return static_cast<std::byte>(c); });
  for (std::size_t i = 0; i < 4; ++i) block[kIntervalAt + i] = static_cast<std::byte>((interval >> (8 * i)) & 0xFFU);
  return block;
}

}  // namespace

Key128 derive_rpik(const Key128& day_key, std::string_view label) {
  Hkdf hkdf;
  return derive_rpik(hkdf, day_key, label);
}

Key128 derive_rpik(Hkdf& hkdf, const Key128& day_key, std::string_view label) {
  Key128 rpik;
  hkdf.derive(day_key, label, rpik);
  return rpik;
}

Rpi derive_rpi(const Key128& rpik, std::uint32_t interval, std::string_view label) {
  Aes128 aes;
  return derive_rpi(aes, rpik, interval, label);
}

Rpi derive_rpi(Aes128& aes, const Key128& rpik, std::uint32_t interval, std::string_view label) {
  aes.set_key(rpik);
  return aes.encrypt(padded(label, interval));
}

std::array<std::byte, 18> token_ad(const Rpi& rpi) {
  std::array<std::byte, 18> ad{std::byte{0x11}, std::byte{0x07}, std::byte{0x4f},
                               std::byte{0x32}, std::byte{0x4f}, std::byte{0x10}};
  std::copy_n(rpi.begin(), 12, ad.begin() + 6);
  return ad;
}

std::string token_ad_hex(const Rpi& rpi) {
  return to_hex(token_ad(rpi));
}

std::string token_uuid(const Rpi& rpi) {
  const auto ad = token_ad(rpi);
  Key128 uuid;
  std::reverse_copy(ad.begin() + 2, ad.end(), uuid.begin());
  return uuid_text(uuid);
}

std::array<std::byte, 16> checkin_proof(const Key128& day_key, const std::array<std::byte, 16>& nonce,
                                        std::string_view gateway_id, OnAirRpi rpi) {
  std::array<std::byte, 32> key;
  Hkdf().derive(day_key, kCheckinLabel, key);
  Bytes message(nonce.begin(), nonce.end());
  std::ranges::transform(gateway_id, std::back_inserter(message), [](char c) { return static_cast<std::byte>(c); });
  message.insert(message.end(), rpi.begin(), rpi.end());
  const Digest256 mac = hmac_sha256(key, message);
  std::array<std::byte, 16> proof;
  std::copy_n(mac.begin(), proof.size(), proof.begin());
  return proof;
}

bool proofs_equal(const std::array<std::byte, 16>& a, const std::array<std::byte, 16>& b) {
  std::byte difference{};
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == std::byte{};
}

}  // namespace aisle::identity
