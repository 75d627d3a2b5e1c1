#include <set>

#include "agent/records/static_id.hpp"

namespace aisle::records {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDevices = 16;
constexpr std::size_t kMaxStaticIds = 16;
constexpr int kMaxTxOffset = 40;  // dB; further off, a device's RSSI says nothing

void read_devices(Fields& fields, std::vector<Device>& out) {
  std::set<std::uint32_t> ordinals;
  fields.each("devices", kMaxDevices, Need::required, [&](const json& value, const std::string& path) {
    Fields entry(value, path, fields.failure());
    Device device;
    entry.integer("ordinal", device.ordinal, 0, std::numeric_limits<std::uint32_t>::max(), Need::required);
    entry.integer("tx_offset_db", device.tx_offset_db, -kMaxTxOffset, kMaxTxOffset, Need::optional);
    if (!ordinals.insert(device.ordinal).second)
      entry.fail_at("ordinal", fmt::format("{} is another device's already", device.ordinal));
    entry.finish();
    out.push_back(device);
  });
}

void read_consent(Fields& fields, std::string_view purpose, std::optional<Consent>& out) {
  Consent consent;
  const bool there = fields.object(purpose, Need::optional, [&](Fields& entry) {
    entry.time("granted_at", consent.granted_at, Need::required);
    if (entry.time("expires_at", consent.expires_at) && *consent.expires_at <= consent.granted_at)
      entry.fail_at("expires_at", "a time after granted_at expected");
    entry.text("ref", consent.ref, Need::optional, {0, 256});
  });
  if (there) out = std::move(consent);
}

void read_static_ids(Fields& fields, bool allowed, std::vector<StaticId>& out) {
  if (fields.find("static") != nullptr && !allowed) {
    fields.fail_at("static", "only with [privacy] allow_static = true in the gateway's configuration");
    return;
  }
  fields.each("static", kMaxStaticIds, Need::optional, [&](const json& value, const std::string& path) {
    Fields entry(value, path, fields.failure());
    read_static_id(entry, out.emplace_back());
    entry.finish();
  });
}

// The shape of a BCP 47 tag.
bool is_language(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 35 && text.front() != '-' && std::ranges::all_of(text, allowed);
}

}  // namespace

Parsed<Customer> parse_customer(const json& record, const ParseContext& context) {
  return parse_record<Customer>(
      record_id(Dataset::customers, record), record, context, [&](Fields& fields, Customer& out) {
        fields.text("id", out.id, Need::required);
        read_devices(fields, out.devices);
        fields.object("consent", Need::required, [&](Fields& consent) {
          read_consent(consent, "proximity", out.proximity);
          read_consent(consent, "offers", out.offers);
          read_consent(consent, "analytics", out.analytics);
        });
        if (fields.text("language", out.language, Need::optional) && !is_language(out.language))
          fields.fail_at("language",
                         fmt::format("a language tag such as \"hi\" expected, not {}", describe(out.language)));
        fields.texts("segments", out.segments);
        fields.integer("tier", out.tier, 0, 1'000'000, Need::optional);
        fields.texts("interests", out.interests);
        fields.texts("list", out.list);
        read_static_ids(fields, context.allow_static, out.static_ids);
      });
}

}  // namespace aisle::records
