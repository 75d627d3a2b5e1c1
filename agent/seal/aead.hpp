// Authenticated encryption under a 256-bit key (XChaCha20-Poly1305 of libsodium), and keys derived from another key.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "agent/base/hex.hpp"

namespace aisle::seal {

using Key256 = std::array<std::byte, 32>;

inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kNonceBytes = 24;  // long enough to be random for as many messages as a key will ever see
inline constexpr std::size_t kSealBytes = kTagBytes + kNonceBytes;

// `out`: the ciphertext, then tag and nonce; kSealBytes more than `plain`. `about` is bound to it and not in it.
void seal(const Key256& key, ByteSpan plain, ByteSpan about, std::span<std::byte> out);
// False: altered, of another key, or about something else; `out` is then of no use.
[[nodiscard]] bool open(const Key256& key, ByteSpan sealed, ByteSpan about, std::span<std::byte> out);

// A key of its own for each purpose; nothing about one tells of another.
[[nodiscard]] Key256 derive(const Key256& key, std::uint64_t purpose);

// Of the system.
void fill_random(std::span<std::byte> out);
[[nodiscard]] Key256 random_key();

}  // namespace aisle::seal
