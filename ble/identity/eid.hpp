// Eddystone-EID (google/eddystone, eddystone-eid/eid-computation.md): an 8-byte identifier that changes every 2^k s.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "agent/base/hex.hpp"
#include "ble/identity/crypto.hpp"

namespace aisle::identity {

using Eid = std::array<std::byte, 8>;

// AES(identity_key, 11 zeros | ff | 00 00 | BE16(t >> 16)); `t` is the beacon's clock in seconds.
[[nodiscard]] Key128 eid_temporary_key(Aes128& aes, const Key128& identity_key, std::uint32_t t);

// The identifier on the air at `t`: AES(temporary key, 11 zeros | k | BE32(t with its low k bits cleared))[0..7].
// `k` above 15 counts as 15.
[[nodiscard]] Eid derive_eid(Aes128& aes, const Key128& identity_key, std::uint8_t k, std::uint32_t t);

}  // namespace aisle::identity
