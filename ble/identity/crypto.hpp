// The one place that calls OpenSSL. Contexts are explicit objects, movable, one thread at a time each. A failure inside
// OpenSSL is a bug or exhausted memory: it aborts.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "agent/base/hex.hpp"

struct evp_cipher_ctx_st;
struct evp_cipher_st;
struct evp_kdf_ctx_st;

namespace aisle::identity {

using Block = std::array<std::byte, 16>;
using Digest256 = std::array<std::byte, 32>;

// AES-128-ECB of single blocks. One object serves many keys in turn.
class Aes128 {
 public:
  Aes128();
  explicit Aes128(const Key128& key) : Aes128() { set_key(key); }
  void set_key(const Key128& key);
  // Only after set_key.
  [[nodiscard]] Block encrypt(const Block& block);

 private:
  struct FreeContext {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, FreeContext> context_;
};

// HKDF-SHA256 (RFC 5869) without salt.
class Hkdf {
 public:
  Hkdf();
  void derive(ByteSpan key_material, std::string_view info, std::span<std::byte> out);

 private:
  struct FreeContext {
    void operator()(evp_kdf_ctx_st* context) const;
  };
  std::unique_ptr<evp_kdf_ctx_st, FreeContext> context_;
};

[[nodiscard]] Digest256 hmac_sha256(ByteSpan key, ByteSpan data);

}  // namespace aisle::identity
