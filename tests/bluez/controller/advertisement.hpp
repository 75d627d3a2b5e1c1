// What is on the air in front of the virtual controller, and what became of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/base/hex.hpp"
#include "agent/model/ids.hpp"

namespace aisle::rig {

// ind: connectable and scannable; scan: scannable; nonconn: neither. The first three are legacy PDUs of at most
// kMaxLegacyData bytes, extended_nonconn is neither connectable nor scannable and carries up to 1,650.
inline constexpr std::size_t kMaxLegacyData = 31;
enum class PduKind : std::uint8_t { ind, scan, nonconn, extended_nonconn };

[[nodiscard]] constexpr bool answers_scan_request(PduKind kind) {
  return kind == PduKind::ind || kind == PduKind::scan;
}

struct Advertisement {
  Address address{};
  PduKind kind = PduKind::nonconn;
  Dbm rssi{-60};
  Bytes payload{};                       // AD structures
  std::optional<Bytes> scan_response{};  // what the advertiser answers to a scan request; none: see scan_responses
  bool truncated = false;                // extended only: the controller lost the end of the chain and says so
};

// What the controller did with an advert.
enum class Outcome : std::uint8_t {
  reported,      // the host was told
  not_scanning,  // the host had not asked
  filtered,      // by the controller's duplicate filter or the accept list
  lost,          // in the air, or outside of the scan window
  unplugged,     // there is no host
  muted,         // the controller claims to scan and says nothing
  impossible     // this radio cannot receive it: too long, or an extended advert at a legacy controller
};
inline constexpr std::size_t kOutcomes = 7;

}  // namespace aisle::rig
