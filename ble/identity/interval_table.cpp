#include "ble/identity/interval_table.hpp"

#include <algorithm>

#include "ble/identity/token.hpp"

namespace aisle::identity {

void IntervalTable::restart(std::uint32_t interval) {
  interval_ = interval;
  covered_ = 0;
  // Clearing a large table takes milliseconds: left to the first slice.
  stale_ = true;
}

bool IntervalTable::cover(const DayKeys* keys, const DeviceTable& devices, std::size_t count, Aes128& aes) {
  if (complete()) return true;
  empty_stale();
  if (keys == nullptr) {
    covered_ = kAll;
    return true;
  }
  if (covered_ == 0) tokens_.reserve(std::min(keys->size(), devices.claimed()));
  const std::uint32_t positions = keys->positions();
  const auto end = static_cast<std::uint32_t>(std::min<std::uint64_t>(positions, std::uint64_t{covered_} + count));
  for (std::uint32_t position = covered_; position < end; ++position) {
    const std::uint32_t device = keys->device(position);
    if (device != kNone && devices[device].claimed()) tokens_.insert(token(keys->rpik(position), aes), device);
  }
  covered_ = end == positions ? kAll : end;
  return complete();
}

void IntervalTable::forget_keys() {
  tokens_.clear();
  stale_ = false;
  covered_ = kAll;
}

void IntervalTable::forget_claims() {
  tokens_.clear();
  stale_ = false;
}

void IntervalTable::insert(const DayKeys& keys, std::uint32_t position, Aes128& aes) {
  if (position < covered_) tokens_.insert(token(keys.rpik(position), aes), keys.device(position));
}

void IntervalTable::erase(const DayKeys& keys, std::uint32_t position, Aes128& aes) {
  if (position < covered_) tokens_.erase(token(keys.rpik(position), aes), keys.device(position));
}

Token IntervalTable::token(const Key128& rpik, Aes128& aes) const {
  const Rpi rpi = derive_rpi(aes, rpik, interval_);
  Token token;
  std::copy_n(rpi.begin(), token.size(), token.begin());
  return token;
}

void IntervalTable::empty_stale() {
  if (stale_) tokens_.clear();
  stale_ = false;
}

}  // namespace aisle::identity
