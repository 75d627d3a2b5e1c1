// Accounts for every advert: each is of exactly one kind, unknown or malformed; and resolved, refused or unresolved.
#pragma once

#include <array>
#include <cstdint>

#include "agent/model/event.hpp"
#include "agent/model/ids.hpp"
#include "ble/decode/decode.hpp"

namespace aisle::pipeline {

struct AdvertStats {
  std::uint64_t adverts = 0;  // = sum(by_kind) + unknown + malformed = resolved + refused + unresolved
  std::array<std::uint64_t, kBeaconKinds> by_kind{};  // by the first beacon of a well-formed payload
  std::uint64_t unknown = 0;                          // well-formed, no beacon that we know
  std::uint64_t malformed = 0;                        // a decode error, whatever came before it
  std::uint64_t resolved = 0;                         // to a consenting customer or an asset, and used
  std::uint64_t refused = 0;                          // = the refused_* below
  std::uint64_t unresolved = 0;
  std::uint64_t refused_replay = 0, refused_ambiguous = 0, refused_rssi = 0;

  void count_kind(const decode::Decoded& decoded);
  // The object of `aislectl replay --stats` and of `status`.
  [[nodiscard]] Json to_json() const;
};

}  // namespace aisle::pipeline
