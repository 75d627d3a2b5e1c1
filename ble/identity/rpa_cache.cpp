#include "ble/identity/rpa_cache.hpp"

#include <algorithm>

namespace aisle::identity {
namespace {

std::uint64_t number(const Address& address) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : address.bytes) value = (value << 8U) | byte;
  return value;
}

}  // namespace

std::optional<std::uint32_t> RpaCache::find(const Address& address) {
  const std::uint64_t wanted = number(address);
  const std::uint32_t at =
      index_.find(hash_u64(wanted), [&](std::uint32_t position) { return entries_[position].address == wanted; });
  if (at == kNone) return std::nullopt;
  entries_[at].used = true;
  return entries_[at].value;
}

void RpaCache::put(const Address& address, std::uint32_t value) {
  if (capacity_ == 0) return;
  std::size_t at = entries_.size();
  if (at < capacity_) {
    if (at == entries_.capacity()) entries_.reserve(std::min(capacity_, at * 2 + 64));
    entries_.emplace_back();
  } else {
    at = evict();
  }
  entries_[at] = {number(address), value, false};
  index_.insert(hash_u64(entries_[at].address), static_cast<std::uint32_t>(at));
}

std::size_t RpaCache::evict() {
  while (entries_[hand_].used) {
    entries_[hand_].used = false;
    hand_ = (hand_ + 1) % entries_.size();
  }
  const std::size_t at = hand_;
  hand_ = (hand_ + 1) % entries_.size();
  index_.erase(hash_u64(entries_[at].address), static_cast<std::uint32_t>(at));
  return at;
}

void RpaCache::clear() {
  entries_.clear();
  index_.clear();
  hand_ = 0;
}

}  // namespace aisle::identity
