#include "ble/source/twins.hpp"

#include <algorithm>

#include "ble/source/recent_devices.hpp"

namespace aisle {
namespace {

std::uint64_t hash_of(const Payload& payload) {
  const auto view = payload.view();
  // FNV-1a (Fowler, Noll, Vo), 64 bit.
  std::uint64_t out = 0xCBF29CE484222325ULL;
  for (const std::byte octet : view) out = (out ^ std::to_integer<std::uint64_t>(octet)) * 0x100000001B3ULL;
  return out;
}

}  // namespace

Twins::Verdict Twins::heard(std::size_t radio, const Advert& advert) {
  const std::uint64_t data = hash_of(advert.payload);
  Entry& entry = entries_[(address_slot(advert.address, entries_.size()) ^ data) % entries_.size()];
  const std::uint32_t bit = 1U << std::min(radio, kMostRadios - 1);
  const Duration apart = std::chrono::abs(advert.at.mono - entry.at);
  const bool same = entry.radios != 0 && (entry.radios & bit) == 0 && apart <= kTogether && entry.data == data &&
                    entry.address == advert.address;
  if (!same) {
    entry = {advert.address, data, advert.at.mono, bit, advert.rssi};
    return Verdict::first;
  }
  entry.radios |= bit;
  const Dbm before = entry.loudest;
  if (!advert.rssi.known() || (before.known() && advert.rssi.value <= before.value)) return Verdict::known;
  entry.loudest = advert.rssi;
  return before.known() ? Verdict::louder : Verdict::first;
}

}  // namespace aisle
