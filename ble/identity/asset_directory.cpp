#include "ble/identity/asset_directory.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "ble/identity/rpa.hpp"

namespace aisle::identity {
namespace {

std::uint8_t exponent(const EidKey& key) {
  return std::min<std::uint8_t>(key.k, 15);
}

// The first second at which the identifiers of `quantum` are no longer the middle ones.
std::int64_t end_of(std::int64_t quantum, const EidKey& key) {
  return (quantum + 1) << exponent(key);
}

}  // namespace

std::size_t AssetDirectory::EidHash::operator()(const Eid& eid) const {
  std::uint64_t value;
  std::memcpy(&value, eid.data(), sizeof value);
  return static_cast<std::size_t>(value);
}

std::uint32_t AssetDirectory::add(Asset asset) {
  const std::uint32_t slot = assets_.add(Entry{std::move(asset), {}, -1});
  if (const auto& irk = assets_[slot].asset.irk) {
    irks_.push_back({slot, Aes128(*irk)});
    rpa_cache_.clear();
  }
  if (now_) refresh(slot);
  return slot;
}

void AssetDirectory::erase(std::uint32_t slot) {
  release_eids(slot);
  if (assets_[slot].asset.irk) {
    std::erase_if(irks_, [&](const Irk& irk) { return irk.slot == slot; });
    rpa_cache_.clear();
  }
  assets_.erase(slot);
}

void AssetDirectory::clear() {
  assets_.clear();
  due_.clear();
  eids_.clear();
  irks_.clear();
  rpa_cache_.clear();
}

void AssetDirectory::advance(UnixTime now) {
  const std::int64_t seconds_now = std::chrono::floor<seconds>(now).time_since_epoch().count();
  const bool everything = !now_ || seconds_now < *now_;
  now_ = seconds_now;
  if (everything) {
    for (std::uint32_t slot = 0; slot < assets_.slots(); ++slot) {
      if (assets_.used(slot)) refresh(slot);
    }
  }
  while (!due_.empty() && due_.begin()->first <= seconds_now) refresh(due_.begin()->second);
}

std::uint32_t AssetDirectory::find_eid(const Eid& eid) const {
  return eids_.find(eid);
}

std::uint32_t AssetDirectory::find_address(const Address& address) {
  if (irks_.empty() || !address.resolvable_private()) return kNone;
  if (const auto known = rpa_cache_.find(address)) {
    ++rpa_cached_;
    return *known;
  }
  ++rpa_tried_;
  const std::uint32_t slot = try_irks(address);
  rpa_cache_.put(address, slot);
  return slot;
}

std::size_t AssetDirectory::bytes() const {
  constexpr std::size_t kSetNode = 64;         // node, pair, allocator
  constexpr std::size_t kCipherContext = 900;  // an OpenSSL context with its expanded key, estimated
  return assets_.bytes() + due_.size() * kSetNode + eids_.bytes() + irks_.capacity() * sizeof(Irk) +
         irks_.size() * kCipherContext + rpa_cache_.bytes();
}

void AssetDirectory::refresh(std::uint32_t slot) {
  Entry& entry = assets_[slot];
  if (!entry.asset.eid) return;
  const EidKey& key = *entry.asset.eid;
  const std::int64_t quantum = std::max<std::int64_t>(*now_, 0) >> exponent(key);
  if (quantum == entry.quantum) return;
  release_eids(slot);
  entry.quantum = quantum;
  for (std::int64_t i = 0; i < 3; ++i) {
    const std::int64_t t = (quantum - 1 + i) << exponent(key);
    auto& eid = entry.eids[static_cast<std::size_t>(i)];
    eid.reset();
    if (quantum - 1 + i < 0 || t > std::numeric_limits<std::uint32_t>::max()) continue;
    eid = derive_eid(aes_, key.key, key.k, static_cast<std::uint32_t>(t));
    eids_.claim(*eid, slot);
  }
  due_.emplace(end_of(quantum, key), slot);
}

void AssetDirectory::release_eids(std::uint32_t slot) {
  Entry& entry = assets_[slot];
  if (entry.quantum < 0) return;
  for (auto& eid : entry.eids) {
    if (eid) eids_.release(*eid, slot);
    eid.reset();
  }
  due_.erase({end_of(entry.quantum, *entry.asset.eid), slot});
  entry.quantum = -1;
}

std::uint32_t AssetDirectory::try_irks(const Address& address) {
  std::uint32_t match = kNone;
  for (Irk& irk : irks_) {
    if (!rpa_matches(irk.aes, address)) continue;
    if (match != kNone) return kContested;
    match = irk.slot;
  }
  return match;
}

}  // namespace aisle::identity
