#include "agent/records/offer_terms.hpp"

#include <cmath>

namespace aisle::records {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr Words<CapScope, 3> kScopes = {
    {{"offer", CapScope::offer}, {"group", CapScope::group}, {"store", CapScope::store}}};

constexpr double kMaxAmount = 1e12;

bool is_amount(const json& value) {
  return value.is_number() && std::abs(value.get<double>()) <= kMaxAmount;
}

// "HH:MM" from 00:00 to 24:00 as minutes after midnight.
std::optional<std::uint16_t> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int minutes = 0;
  for (const std::size_t at : {0U, 3U}) {
    const int tens = text[at] - '0';
    const int ones = text[at + 1] - '0';
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || (at == 3 && tens > 5)) return std::nullopt;
    minutes = minutes * 60 + tens * 10 + ones;
  }
  if (minutes > 24 * 60) return std::nullopt;
  return static_cast<std::uint16_t>(minutes);
}

void read_minute(Fields& fields, std::string_view key, std::uint16_t& out) {
  std::string text;
  if (!fields.text(key, text, Need::required)) return;
  const auto minute = minute_of(text);
  if (minute) {
    out = *minute;
  } else {
    fields.fail_at(key, fmt::format("a time of day from \"00:00\" to \"24:00\" expected, not {}", describe(text)));
  }
}

}  // namespace

void read_hours(Fields& fields, std::vector<HourRange>& out) {
  fields.each("hours", 64, Need::optional, [&](const json& value, const std::string& path) {
    Fields entry(value, path, fields.failure());
    HourRange range;
    read_minute(entry, "from", range.from_minute);
    read_minute(entry, "to", range.to_minute);
    if (range.from_minute == range.to_minute) entry.fail_at("to", "a time other than \"from\" expected");
    entry.finish();
    out.push_back(range);
  });
}

void read_days(Fields& fields, std::uint8_t& out) {
  unsigned mask = 0;
  const bool there = fields.each("days", 7, Need::optional, [&](const json& value, const std::string& path) {
    const auto found = value.is_string() ? std::ranges::find(kDays, value.get_ref<const std::string&>()) : kDays.end();
    if (found == kDays.end()) {
      fields.failure().set(path,
                           fmt::format("one of mon, tue, wed, thu, fri, sat, sun expected, not {}", describe(value)));
    } else {
      mask |= 1U << static_cast<unsigned>(found - kDays.begin());
    }
  });
  // An empty list restricts nothing, as the other lists.
  if (there && mask != 0) out = static_cast<std::uint8_t>(mask);
}

void read_caps(Fields& fields, const Offer& offer, std::vector<Cap>& out) {
  fields.each("caps", 16, Need::optional, [&](const json& value, const std::string& path) {
    Fields entry(value, path, fields.failure());
    Cap cap;
    entry.choice("scope", cap.scope, kScopes, Need::required);
    entry.integer("count", cap.count, 1, 1'000'000, Need::required);
    std::int64_t period = 0;
    if (entry.integer("period_s", period, 1, kTenYears, Need::required)) cap.period = seconds{period};
    if (cap.scope == CapScope::group && offer.group.empty())
      entry.fail_at("scope", "\"group\" only where the offer has a group");
    entry.finish();
    out.push_back(cap);
  });
}

void read_coupon(Fields& fields, std::optional<Coupon>& out) {
  Coupon coupon;
  const bool there = fields.object("coupon", Need::optional, [&](Fields& entry) {
    const bool code = entry.text("code", coupon.code, Need::optional, {1, 256});
    const bool lease = entry.boolean("lease", coupon.lease);
    if (lease && !coupon.lease) entry.fail_at("lease", "true expected");
    if (code == lease) entry.fail_at(code ? "lease" : "code", "either a code or \"lease\": true expected");
  });
  if (there) out = std::move(coupon);
}

void read_reward(Fields& fields, std::string& out) {
  const bool there = fields.object("reward", Need::optional, [&](Fields& entry) {
    std::string kind;
    std::string currency;
    entry.text("kind", kind, Need::required);
    const json* value = entry.require("value", "a number or a text");
    if (value != nullptr && !is_amount(*value) && text_problem(*value, {}))
      entry.fail_at("value", fmt::format("a number of at most 1e12 or a text expected, not {}", describe(*value)));
    entry.text("currency", currency, Need::optional);
  });
  if (there) out = canonical(*fields.find("reward"));
}

}  // namespace aisle::records
