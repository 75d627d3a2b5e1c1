// A resolver with a few helpers: customers, keys and adverts built by hand.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/random.hpp"
#include "ble/identity/interval_table.hpp"
#include "ble/identity/resolver.hpp"
#include "ble/identity/token.hpp"

namespace aisle::identity::testing {

inline UnixTime at(std::int64_t unix_seconds) {
  return UnixTime(seconds(unix_seconds));
}
inline UnixTime start_of(std::uint32_t interval) {
  return at(std::int64_t{interval} * 600);
}

inline Key128 key_number(std::uint64_t n) {
  Key128 key{};
  for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<std::byte>((n >> (8 * i)) & 0xFFU);
  key[15] = std::byte{0x5a};
  return key;
}
// The day key of an ordinal, different every day.
inline Key128 day_key(std::uint32_t ordinal, std::int32_t day) {
  return key_number((std::uint64_t{ordinal} << 20U) + static_cast<std::uint32_t>(day));
}
inline DayKey key_record(std::uint32_t ordinal, std::int32_t day) {
  return {ordinal, day, day_key(ordinal, day)};
}

inline Customer customer(std::string id, std::vector<std::uint32_t> ordinals) {
  Customer c;
  c.id = std::move(id);
  for (const std::uint32_t ordinal : ordinals) c.devices.push_back({ordinal, 0});
  c.proximity = Consent{at(0), std::nullopt, "ref"};
  return c;
}

// A decoded advert and the bytes that its spans point to.
class AdvertBuilder {
 public:
  AdvertBuilder& token(const Rpi& rpi, std::uint8_t version = 0x10) {
    return add(decode::AisleToken{version, std::span<const std::byte, 12>(keep(rpi).data(), 12)});
  }
  // The token of a device with its interval's own day key.
  AdvertBuilder& token_of(std::uint32_t ordinal, std::uint32_t interval) {
    return token(derive_rpi(derive_rpik(day_key(ordinal, day_of_interval(interval))), interval));
  }
  AdvertBuilder& ibeacon(const IBeaconId& id) {
    return add(decode::IBeacon{std::span<const std::byte, 16>(keep(id.uuid)), id.major, id.minor, -59});
  }
  AdvertBuilder& altbeacon(const AltBeaconId& id) {
    return add(decode::AltBeacon{std::span<const std::byte, 16>(keep(id.id1)), id.id2, id.id3, -59, 0x0118});
  }
  AdvertBuilder& eid(const std::array<std::byte, 8>& eid) {
    Key128 bytes{};
    std::ranges::copy(eid, bytes.begin());
    return add(decode::EddystoneEid{std::span<const std::byte, 8>(keep(bytes).data(), 8), -20});
  }
  [[nodiscard]] const decode::Decoded& get() const { return decoded_; }

 private:
  const Key128& keep(const Key128& bytes) { return kept_.emplace_back(bytes); }
  AdvertBuilder& add(const decode::Beacon& beacon) {
    decoded_.beacons[decoded_.count++] = beacon;
    return *this;
  }
  std::deque<Key128> kept_;
  decode::Decoded decoded_;
};

inline constexpr Address kPublic{{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}, false};

// The outcome of the device's token of `interval` at `now`; the resolver is advanced to it.
inline Resolution hear(Resolver& resolver, std::uint32_t ordinal, std::uint32_t interval, UnixTime now) {
  resolver.advance(now);
  AdvertBuilder advert;
  return resolver.resolve(advert.token_of(ordinal, interval).get(), kPublic, now);
}
inline std::string who(const Resolution& r) {
  if (r.outcome == Outcome::customer) return std::string(r.customer->id());
  if (r.outcome == Outcome::asset) return r.asset->id;
  if (r.outcome == Outcome::refused_replay) return "<replay>";
  if (r.outcome == Outcome::refused_ambiguous) return "<ambiguous>";
  return "";
}

}  // namespace aisle::identity::testing
