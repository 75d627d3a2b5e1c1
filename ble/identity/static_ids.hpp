// Static identifiers (iBeacon, AltBeacon, Eddystone-UID) -> who claims them. One claimed by two belongs to nobody.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

#include "agent/model/records.hpp"
#include "ble/decode/decode.hpp"
#include "ble/identity/claim_map.hpp"

namespace aisle::identity {

// All kinds in one form: a byte that says which, and 20 bytes.
struct StaticKey {
  std::array<char, 21> bytes{};
  friend bool operator==(const StaticKey&, const StaticKey&) = default;
};
struct StaticKeyHash {
  std::size_t operator()(const StaticKey& key) const {
    return std::hash<std::string_view>{}({key.bytes.data(), key.bytes.size()});
  }
};
[[nodiscard]] StaticKey static_key(const StaticId& id);
// Empty for a beacon without a static identifier.
[[nodiscard]] std::optional<StaticKey> static_key(const decode::Beacon& beacon);

using StaticIds = ClaimMap<StaticKey, StaticKeyHash>;

}  // namespace aisle::identity
