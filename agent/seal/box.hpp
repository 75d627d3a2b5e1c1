// Sealed boxes (libsodium's crypto_box_seal): anybody who knows a gateway's public key puts something in, the gateway
// alone opens it.
#pragma once

#include "agent/seal/aead.hpp"

namespace aisle::seal {

using BoxPublic = std::array<std::byte, 32>;  // X25519

inline constexpr std::size_t kBoxBytes = 48;  // how much longer a box is than what is in it

class BoxKeys {
 public:
  // The same pair for the same seed.
  explicit BoxKeys(const Key256& seed);
  [[nodiscard]] const BoxPublic& public_key() const { return public_; }
  // Error: not sealed for this key, or altered.
  [[nodiscard]] Result<Bytes> open(ByteSpan box) const;

 private:
  BoxPublic public_{};
  Key256 secret_{};
};

// Error: no such public key.
[[nodiscard]] Result<Bytes> seal_for(const BoxPublic& key, ByteSpan plain);

}  // namespace aisle::seal
