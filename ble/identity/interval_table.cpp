#include "ble/identity/interval_table.hpp"

#include <algorithm>

#include "ble/identity/token.hpp"

namespace aisle::identity {
namespace {

constexpr std::size_t kPlacesPerStep = 64;  // emptied in the time of one token, or less

}  // namespace

void IntervalTable::restart(std::uint32_t interval) {
  interval_ = interval;
  covered_ = 0;
  renewed_ = 0;
}

bool IntervalTable::cover(const DayKeys* keys, const DeviceTable& devices, std::size_t& steps, Aes128& aes) {
  if (complete()) return true;
  if (!renew(keys == nullptr ? 0 : std::min(keys->size(), devices.claimed()), steps)) return false;
  if (keys == nullptr) {
    covered_ = kAll;
    return true;
  }
  const std::uint32_t all = keys->devices();
  const auto end = static_cast<std::uint32_t>(std::min<std::uint64_t>(all, std::uint64_t{covered_} + steps));
  steps -= end - covered_;
  for (std::uint32_t device = covered_; device < end; ++device) {
    const Key128* const rpik = keys->find(device);
    if (rpik != nullptr && devices[device].claimed()) tokens_.insert(token(*rpik, aes), device);
  }
  covered_ = end == all ? kAll : end;
  return complete();
}

void IntervalTable::insert(std::uint32_t device, const Key128& rpik, Aes128& aes) {
  if (device < covered_) tokens_.insert(token(rpik, aes), device);
}

void IntervalTable::erase(std::uint32_t device, const Key128& rpik, Aes128& aes) {
  if (device < covered_) tokens_.erase(token(rpik, aes), device);
}

Token IntervalTable::token(const Key128& rpik, Aes128& aes) const {
  const Rpi rpi = derive_rpi(aes, rpik, interval_);
  Token token;
  std::copy_n(rpi.begin(), token.size(), token.begin());
  return token;
}

bool IntervalTable::renew(std::size_t tokens, std::size_t& steps) {
  while (renewed_ < TokenTable::kParts && steps > 0) {
    const std::size_t places = tokens_.renew(renewed_++, tokens);
    steps -= std::min(steps, places / kPlacesPerStep);
  }
  return renewed_ == TokenTable::kParts;
}

}  // namespace aisle::identity
