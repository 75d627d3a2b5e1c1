// Ed25519 (RFC 8032): the signature of commands.
#pragma once

#include <array>
#include <string_view>

#include "agent/base/hex.hpp"

namespace aisle {

using Ed25519Public = std::array<std::byte, 32>;
using Ed25519Seed = std::array<std::byte, 32>;  // the private key as RFC 8032 has it
using Ed25519Signature = std::array<std::byte, 64>;

// 64 hex digits, base64 of 32 bytes, or PEM ("BEGIN PUBLIC KEY"); white space around it is ignored.
[[nodiscard]] Result<Ed25519Public> parse_ed25519_public(std::string_view text);
// The same for a private key ("BEGIN PRIVATE KEY", without a passphrase).
[[nodiscard]] Result<Ed25519Seed> parse_ed25519_seed(std::string_view text);

[[nodiscard]] Ed25519Public ed25519_public(const Ed25519Seed& seed);
[[nodiscard]] Ed25519Signature ed25519_sign(const Ed25519Seed& seed, std::string_view message);
[[nodiscard]] bool ed25519_verify(const Ed25519Public& key, std::string_view message,
                                  const Ed25519Signature& signature);

}  // namespace aisle
