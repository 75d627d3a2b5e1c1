// Decodes advertising payloads (AD structures) into beacons. Pure; allocates nothing; never reads outside the input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "agent/model/ids.hpp"

namespace aisle::decode {

// UUIDs are most significant byte first (the order of their text).
struct IBeacon {
  std::span<const std::byte, 16> uuid;
  std::uint16_t major, minor;
  std::int8_t tx_power;  // dBm at 1 m
};
struct AltBeacon {
  std::span<const std::byte, 16> id1;
  std::uint16_t id2, id3;
  std::int8_t tx_power;        // dBm at 1 m
  std::uint16_t manufacturer;  // company id
};
struct EddystoneUidFrame {
  std::span<const std::byte, 10> name_space;
  std::span<const std::byte, 6> instance;
  std::int8_t tx_power;  // dBm at 0 m
};
struct EddystoneUrl {
  std::span<const std::byte> encoded;  // scheme byte and body, checked
  std::int8_t tx_power;
};
struct EddystoneTlm {
  std::uint16_t battery_mv;      // 0: unsupported
  std::int16_t temperature_8_8;  // 1/256 degree C; INT16_MIN: unsupported
  std::uint32_t advert_count;
  std::uint32_t uptime_ds;  // 0.1 s
};
struct EddystoneEid {
  std::span<const std::byte, 8> eid;
  std::int8_t tx_power;
};
struct AisleToken {
  std::uint8_t version;
  std::span<const std::byte, 12> rpi;
};
struct AppleOverflow {
  std::span<const std::byte, 16> mask;
};
struct BtHome {
  std::uint8_t version;
  bool encrypted;
  std::span<const std::byte> objects;  // checked object list, see bthome.hpp; empty when encrypted
};

using Beacon = std::variant<std::monostate, IBeacon, AltBeacon, EddystoneUidFrame, EddystoneUrl, EddystoneTlm,
                            EddystoneEid, AisleToken, AppleOverflow, BtHome>;

// Why a payload is malformed. `reason` is a string literal; `offset` is that of the AD structure's length byte.
struct DecodeError {
  std::uint16_t offset;
  const char* reason;
};

inline constexpr std::size_t kMaxBeacons = 16;

// The beacons of one payload, in the order found. Spans point into the payload. Reused between calls; not initialized
// twice.
struct Decoded {
  std::array<Beacon, kMaxBeacons> beacons;
  std::uint8_t count = 0;
  bool malformed = false;
  DecodeError error{0, nullptr};  // only when malformed
  [[nodiscard]] std::span<const Beacon> found() const { return {beacons.data(), count}; }
};

// Fills `out` with what `payload` holds, up to the first AD structure that is malformed, or has malformed content: what
// it holds before the fault counts, what follows does not. Beacons beyond kMaxBeacons are not stored.
void decode(std::span<const std::byte> payload, Decoded& out);

// Only for a Beacon that is not monostate.
[[nodiscard]] BeaconKind kind_of(const Beacon& beacon);

}  // namespace aisle::decode
