#include "agent/seal/box.hpp"

#include "agent/seal/sodium.hpp"

namespace aisle::seal {

static_assert(kBoxBytes == crypto_box_SEALBYTES);
static_assert(std::tuple_size_v<BoxPublic> == crypto_box_PUBLICKEYBYTES);
static_assert(std::tuple_size_v<Key256> == crypto_box_SEEDBYTES && crypto_box_SECRETKEYBYTES == crypto_box_SEEDBYTES);

BoxKeys::BoxKeys(const Key256& seed) {
  prepare();
  crypto_box_seed_keypair(room_of(std::span(public_)), room_of(std::span(secret_)), bytes_of(ByteSpan(seed)));
}

Result<Bytes> BoxKeys::open(ByteSpan box) const {
  if (box.size() < kBoxBytes) return fail("at least {} bytes expected, not {}", kBoxBytes, box.size());
  Bytes plain(box.size() - kBoxBytes);
  if (crypto_box_seal_open(room_of(std::span(plain)), bytes_of(box), box.size(), bytes_of(ByteSpan(public_)),
                           bytes_of(ByteSpan(secret_))) != 0)
    return fail("it is not sealed for this gateway's key {}, or was altered", to_hex(public_));
  return plain;
}

Result<Bytes> seal_for(const BoxPublic& key, ByteSpan plain) {
  prepare();
  Bytes box(plain.size() + kBoxBytes);
  if (crypto_box_seal(room_of(std::span(box)), bytes_of(plain), plain.size(), bytes_of(ByteSpan(key))) != 0)
    return fail("{} is no X25519 public key", to_hex(key));
  return box;
}

}  // namespace aisle::seal
