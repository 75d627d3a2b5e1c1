// The datasets' records, checked and in the form that the core uses. JSON forms: agent/records.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/base/time.hpp"
#include "agent/model/ids.hpp"

namespace aisle {

struct Consent {
  UnixTime granted_at{};
  std::optional<UnixTime> expires_at;
  std::string ref;
  // Half-open: granted_at <= now < expires_at.
  [[nodiscard]] bool current(UnixTime now) const { return granted_at <= now && (!expires_at || now < *expires_at); }
};

struct IBeaconId {
  Key128 uuid{};
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  friend auto operator<=>(const IBeaconId&, const IBeaconId&) = default;
};
struct AltBeaconId {
  Key128 id1{};
  std::uint16_t id2 = 0;
  std::uint16_t id3 = 0;
  friend auto operator<=>(const AltBeaconId&, const AltBeaconId&) = default;
};
struct EddystoneUid {
  std::array<std::byte, 10> name_space{};
  std::array<std::byte, 6> instance{};
  friend auto operator<=>(const EddystoneUid&, const EddystoneUid&) = default;
};
using StaticId = std::variant<IBeaconId, AltBeaconId, EddystoneUid>;

struct Device {
  std::uint32_t ordinal = 0;     // joins a customer to the `keys` dataset
  std::int8_t tx_offset_db = 0;  // added to the RSSI of this device's adverts, dB
};

struct Customer {
  std::string id;
  std::vector<Device> devices;
  std::optional<Consent> proximity;
  std::optional<Consent> offers;
  std::optional<Consent> analytics;
  std::string language;  // BCP 47; empty: none given
  std::vector<std::string> segments;
  int tier = 0;
  std::vector<std::string> interests;
  std::vector<std::string> list;  // SKUs of the shopping list
  std::vector<StaticId> static_ids;
};

// One device's key for one UTC day.
struct DayKey {
  std::uint32_t ordinal = 0;
  std::int32_t day = 0;  // UTC days since 1970-01-01
  Key128 key{};
};

enum class AssetKind { staff, trolley, sensor, reference };
struct EidKey {
  Key128 key{};
  std::uint8_t k = 0;  // rotation exponent, 0 to 15: a new identifier every 2^k s
};
struct Asset {
  std::string id;
  AssetKind kind = AssetKind::reference;
  std::optional<EidKey> eid;
  std::optional<Key128> irk;  // most significant byte first, as in the Core specification's sample data
  std::optional<StaticId> static_id;
  std::string zone;  // empty: none
};

enum class Trigger : std::uint8_t { enter, dwell, exit };
enum class CapScope : std::uint8_t { offer, group, store };
struct Cap {
  CapScope scope = CapScope::offer;
  std::uint32_t count = 0;
  seconds period{0};
};
struct HourRange {
  std::uint16_t from_minute = 0;  // minutes after local midnight, 0 to 1440
  std::uint16_t to_minute = 0;    // half-open; at or below `from_minute`: wraps past midnight
};
struct OfferContent {
  std::string title;
  std::string body;
};
struct Coupon {
  std::string code;  // empty when a lease is needed
  bool lease = false;
};
struct Offer {
  std::string id;
  std::int64_t version = 0;
  std::map<std::string, OfferContent> content;  // by language
  std::string url;
  std::vector<std::string> zones;
  std::vector<std::string> zone_categories;
  Trigger trigger = Trigger::enter;
  std::optional<seconds> min_dwell;
  std::optional<UnixTime> valid_from;
  std::optional<UnixTime> valid_until;  // exclusive
  std::uint8_t days = 0x7F;             // bit 0 Monday .. bit 6 Sunday
  std::vector<HourRange> hours;         // empty: all day
  std::vector<std::string> segments_any, segments_all, segments_none;
  std::optional<int> tier_min;
  std::vector<std::string> skus;
  std::optional<std::int64_t> min_stock;
  std::vector<Cap> caps;
  std::string group;
  std::optional<seconds> cooldown;
  std::int64_t priority = 0;
  double weight = 1.0;
  std::string experiment;
  double holdout_percent = 0;
  std::optional<Coupon> coupon;
  std::string reward;  // JSON text as given, empty: none
  seconds ttl{900};
  std::optional<Confidence> min_confidence;
  std::optional<Assurance> min_assurance;
};

// The right of one gateway to give out coupons of an offer: a number of units, or codes.
struct Lease {
  std::string id;
  std::string offer;
  std::string gateway;
  std::uint64_t units = 0;  // where there are no codes
  std::vector<std::string> codes;
  std::int64_t fence = 0;  // rises with every grant; a lower one than was seen is void
  UnixTime expires{};      // exclusive
};
// One unit of a lease, or one code, that is given out.
struct LeaseSpend {
  std::string lease;
  std::int64_t fence = 0;
  std::uint64_t unit = 0;  // from 1, under this fence
  std::string code;        // empty: a unit
  UnixTime expires{};      // of the lease
};

}  // namespace aisle
