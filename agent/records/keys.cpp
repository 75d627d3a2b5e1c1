#include <algorithm>

#include "agent/records/fields.hpp"

namespace aisle::records {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxDay = 100'000;           // the year 2243
constexpr std::size_t kPackedEntry = 20;            // LE32 ordinal, 16 bytes of key
constexpr std::size_t kMaxPackedBytes = 1U << 20U;  // 52,428 keys

std::uint32_t little_endian_32(ByteSpan bytes) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = (out << 8U) | std::to_integer<std::uint32_t>(bytes[i]);
  return out;
}

void unpack(Fields& fields, std::int32_t day, std::vector<DayKey>& out) {
  const json* packed = fields.find("packed");
  if (packed == nullptr) return;
  if (!packed->is_string() || packed->get_ref<const std::string&>().size() > (kMaxPackedBytes + 2) / 3 * 4) {
    fields.fail_at("packed",
                   fmt::format("base64 of at most {} bytes expected, not {}", kMaxPackedBytes, describe_type(*packed)));
    return;
  }
  const auto bytes = from_base64(packed->get_ref<const std::string&>());
  if (!bytes || bytes->size() % kPackedEntry != 0 || bytes->size() > kMaxPackedBytes) {
    const std::string why = bytes ? fmt::format("not {} bytes", bytes->size()) : bytes.error().message();
    fields.fail_at("packed", fmt::format("base64 of a multiple of {} bytes expected: {}", kPackedEntry, why));
    return;
  }
  out.reserve(bytes->size() / kPackedEntry);
  for (std::size_t at = 0; at < bytes->size(); at += kPackedEntry) {
    const ByteSpan entry = ByteSpan(*bytes).subspan(at, kPackedEntry);
    DayKey key;
    key.ordinal = little_endian_32(entry);
    key.day = day;
    std::ranges::copy(entry.subspan(4), key.key.begin());
    out.push_back(key);
  }
}

void read_keys(Fields& fields, const ParseContext& context, std::vector<DayKey>& out) {
  if (fields.find("sealed") != nullptr) {
    fields.fail_at("sealed", "not taken by this version: the gateway has no key to open it");
    return;
  }
  DayKey key;
  const bool dated = fields.integer("day", key.day, 0, kMaxDay, Need::required);
  if (dated && context.last_key_day && key.day > *context.last_key_day)
    fields.fail_at("day", fmt::format("at most two days ahead, {}, expected, not {}", *context.last_key_day, key.day));
  if (fields.find("packed") == nullptr) {
    fields.integer("ordinal", key.ordinal, 0, std::numeric_limits<std::uint32_t>::max(), Need::required);
    if (fields.secret("key", key.key)) out.push_back(key);
    return;
  }
  for (const std::string_view other : {"ordinal", "key"}) {
    if (fields.find(other) != nullptr) fields.fail_at(other, "not together with \"packed\"");
  }
  unpack(fields, key.day, out);
}

// Keys have no id of their own: "ordinal/day" as far as they are there.
std::string name_of_key(const json& record) {
  const auto part = [&](const char* name) {
    const auto found = record.is_object() ? record.find(name) : record.end();
    return record.is_object() && found != record.end() && found->is_number_integer() ? found->dump() : std::string("?");
  };
  return part("ordinal") + "/" + part("day");
}

}  // namespace

Parsed<std::vector<DayKey>> parse_keys(const json& record, const ParseContext& context) {
  return parse_record<std::vector<DayKey>>(
      name_of_key(record), record, context,
      [&](Fields& fields, std::vector<DayKey>& out) { read_keys(fields, context, out); });
}

}  // namespace aisle::records
