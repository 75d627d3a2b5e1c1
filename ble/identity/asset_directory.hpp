// Assets: by Eddystone-EID (previous, current and next identifier held ready) and by IRK. Their static identifiers are
// claimed elsewhere, beside the customers'.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/time.hpp"
#include "agent/model/records.hpp"
#include "ble/identity/claim_map.hpp"
#include "ble/identity/crypto.hpp"
#include "ble/identity/eid.hpp"
#include "ble/identity/record_pool.hpp"
#include "ble/identity/rpa_cache.hpp"

namespace aisle::identity {

class AssetDirectory {
 public:
  static constexpr std::uint32_t kContested = kNone - 1;

  explicit AssetDirectory(std::size_t rpa_cache_entries) : rpa_cache_(rpa_cache_entries) {}

  // The slot. Only for an id that is not in it.
  std::uint32_t add(Asset asset);
  void erase(std::uint32_t slot);
  void clear();
  [[nodiscard]] std::uint32_t find(std::string_view id) const { return assets_.find(id); }
  [[nodiscard]] const Asset& operator[](std::uint32_t slot) const { return assets_[slot].asset; }
  [[nodiscard]] std::uint32_t slots() const { return assets_.slots(); }
  [[nodiscard]] bool used(std::uint32_t slot) const { return assets_.used(slot); }

  // Computes the identifiers that are due. The beacons' clocks are taken to be unix time.
  void advance(UnixTime now);

  // The slot, kContested or kNone.
  [[nodiscard]] std::uint32_t find_eid(const Eid& eid) const;
  [[nodiscard]] std::uint32_t find_address(const Address& address);

  [[nodiscard]] std::size_t size() const { return assets_.size(); }
  [[nodiscard]] std::uint64_t rpa_tried() const { return rpa_tried_; }
  [[nodiscard]] std::uint64_t rpa_cached() const { return rpa_cached_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Entry {
    Asset asset;
    std::array<std::optional<Eid>, 3> eids;  // previous, current, next; empty outside the 32-bit clock
    std::int64_t quantum = -1;               // unix seconds / 2^k that `eids` are for; -1: not yet computed
    [[nodiscard]] const std::string& id() const { return asset.id; }
  };
  struct Irk {
    std::uint32_t slot;
    Aes128 aes;
  };
  struct EidHash {
    std::size_t operator()(const Eid& eid) const;
  };
  void refresh(std::uint32_t slot);
  void release_eids(std::uint32_t slot);
  [[nodiscard]] std::uint32_t try_irks(const Address& address);

  RecordPool<Entry> assets_;
  std::optional<std::int64_t> now_;                       // unix seconds
  std::set<std::pair<std::int64_t, std::uint32_t>> due_;  // when the identifiers of a slot change next, unix seconds
  ClaimMap<Eid, EidHash> eids_;
  std::vector<Irk> irks_;
  RpaCache rpa_cache_;
  Aes128 aes_;
  std::uint64_t rpa_tried_ = 0;
  std::uint64_t rpa_cached_ = 0;
};

}  // namespace aisle::identity
