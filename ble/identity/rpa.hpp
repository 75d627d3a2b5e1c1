// Resolvable private addresses (Bluetooth Core, Vol 3 Part H 2.2.2 and Vol 6 Part B 1.3.2.2): address = prand | ah.
#pragma once

#include <cstdint>

#include "agent/model/ids.hpp"
#include "ble/identity/crypto.hpp"

namespace aisle::identity {

// ah(irk, prand) = AES(irk, 13 zeros | prand) mod 2^24; `irk` holds the key already. `prand` has 24 bits.
[[nodiscard]] std::uint32_t rpa_hash(Aes128& irk, std::uint32_t prand);

// Whether `address` was made with the key that `irk` holds. False for one that is not resolvable.
[[nodiscard]] bool rpa_matches(Aes128& irk, const Address& address);

}  // namespace aisle::identity
