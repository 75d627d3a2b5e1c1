#include <algorithm>

#include "agent/records/fields.hpp"

namespace aisle::records {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxDay = 100'000;           // the year 2243
constexpr std::size_t kPackedEntry = 20;            // LE32 ordinal, 16 bytes of key
constexpr std::size_t kMaxPackedBytes = 1U << 20U;  // 52,428 keys
constexpr std::size_t kBoxBytes = 48;               // that a sealed box is longer

std::uint32_t little_endian_32(ByteSpan bytes) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;) out = (out << 8U) | std::to_integer<std::uint32_t>(bytes[i]);
  return out;
}

// What the text of `name` says, at most `most` bytes.
Result<Bytes> bytes_of(const json& text, std::size_t most) {
  if (!text.is_string() || text.get_ref<const std::string&>().size() > (most + 2) / 3 * 4)
    return fail("base64 of at most {} bytes expected, not {}", most, describe_type(text));
  return from_base64(text.get_ref<const std::string&>());
}

Result<Bytes> bytes_in_box(const json& text, const OpenBox* open) {
  if (open == nullptr) return fail("the gateway has no key to open it with: [privacy] master_key is not set");
  const auto box = bytes_of(text, kMaxPackedBytes + kBoxBytes);
  if (!box) return tl::unexpected(box.error());
  return (*open)(*box);
}

// Of "packed", or of "sealed", whichever is there.
void unpack(Fields& fields, std::string_view name, std::int32_t day, const ParseContext& context,
            std::vector<DayKey>& out) {
  const json* text = fields.find(name);
  if (text == nullptr) return;  // something is wrong already
  const auto bytes = name == "sealed" ? bytes_in_box(*text, context.open_box) : bytes_of(*text, kMaxPackedBytes);
  if (!bytes) return fields.fail_at(name, bytes.error().message());
  if (bytes->size() % kPackedEntry != 0 || bytes->size() > kMaxPackedBytes) {
    return fields.fail_at(
        name, fmt::format("base64 of a multiple of {} bytes expected: not {} bytes", kPackedEntry, bytes->size()));
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
  DayKey key;
  const bool dated = fields.integer("day", key.day, 0, kMaxDay, Need::required);
  if (dated && context.last_key_day && key.day > *context.last_key_day)
    fields.fail_at("day", fmt::format("at most two days ahead, {}, expected, not {}", *context.last_key_day, key.day));
  const std::string_view many = fields.find("sealed") != nullptr   ? "sealed"
                                : fields.find("packed") != nullptr ? "packed"
                                                                   : "";
  if (many.empty()) {
    fields.integer("ordinal", key.ordinal, 0, std::numeric_limits<std::uint32_t>::max(), Need::required);
    if (fields.secret("key", key.key)) out.push_back(key);
    return;
  }
  for (const std::string_view other : {"ordinal", "key", "packed"}) {
    if (other != many && fields.find(other) != nullptr)
      fields.fail_at(other, fmt::format("not together with \"{}\"", many));
  }
  unpack(fields, many, key.day, context, out);
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
