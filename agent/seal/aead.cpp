#include "agent/seal/aead.hpp"

#include <cstdlib>

#include "agent/seal/sodium.hpp"

namespace aisle::seal {
namespace {

static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(std::tuple_size_v<Key256> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(std::tuple_size_v<Key256> == crypto_kdf_KEYBYTES);

constexpr char kContext[crypto_kdf_CONTEXTBYTES + 1] = "aislseal";

}  // namespace

void seal(const Key256& key, ByteSpan plain, ByteSpan about, std::span<std::byte> out) {
  const auto tag = out.subspan(plain.size(), kTagBytes);
  const auto nonce = out.subspan(plain.size() + kTagBytes, kNonceBytes);
  fill_random(nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached(room_of(out), room_of(tag), nullptr, bytes_of(plain),
                                                      plain.size(), bytes_of(about), about.size(), nullptr,
                                                      bytes_of(nonce), bytes_of(ByteSpan(key)));
}

bool open(const Key256& key, ByteSpan sealed, ByteSpan about, std::span<std::byte> out) {
  if (sealed.size() < kSealBytes || out.size() != sealed.size() - kSealBytes) return false;
  const auto tag = sealed.subspan(out.size(), kTagBytes);
  const auto nonce = sealed.subspan(out.size() + kTagBytes, kNonceBytes);
  return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(room_of(out), nullptr, bytes_of(sealed), out.size(),
                                                             bytes_of(tag), bytes_of(about), about.size(),
                                                             bytes_of(nonce), bytes_of(ByteSpan(key))) == 0;
}

Key256 derive(const Key256& key, std::uint64_t purpose) {
  Key256 out{};
  // Fails only for a length that it does not know.
  if (crypto_kdf_derive_from_key(room_of(std::span(out)), out.size(), purpose, kContext, bytes_of(ByteSpan(key))) != 0)
    std::abort();
  return out;
}

void fill_random(std::span<std::byte> out) {
  randombytes_buf(out.data(), out.size());
}

Key256 random_key() {
  prepare();
  Key256 out{};
  fill_random(out);
  return out;
}

}  // namespace aisle::seal
