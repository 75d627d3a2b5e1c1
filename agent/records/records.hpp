// JSON forms of the datasets' records: parsing with every field checked, and the canonical text that is stored.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/base/result.hpp"
#include "agent/model/dataset.hpp"
#include "agent/model/records.hpp"

namespace aisle::records {

// Why one record was refused; as in `sync.applied` "refused": [{id, field, why}]. `field` is a path ("caps[0].count").
struct RecordError {
  std::string id;  // "" when it has none
  std::string field;
  std::string why;  // what is expected and what was there
};

template <class T>
using Parsed = tl::expected<T, RecordError>;

// Wire: unknown fields are ignored unless listed in "crit". File: unknown fields are refused.
enum class Strictness { wire, file };

// What is in a sealed box for this gateway.
using OpenBox = std::function<Result<Bytes>(ByteSpan box)>;

struct ParseContext {
  Strictness strictness = Strictness::wire;
  bool allow_static = false;                   // else a customer with "static" is refused by that field
  std::optional<std::int32_t> last_key_day{};  // keys of later UTC days are refused; none: any day is taken
  // The highest fence seen by lease; none: any fence is taken.
  const std::map<std::string, std::int64_t>* lease_fences = nullptr;
  const OpenBox* open_box = nullptr;  // none: the gateway has no key to open boxes with
  bool leases_lost = false;           // what was spent is not known any more: a fence must rise before a lease is taken
};

[[nodiscard]] Parsed<Customer> parse_customer(const nlohmann::json& record, const ParseContext& context);
[[nodiscard]] Parsed<Offer> parse_offer(const nlohmann::json& record, const ParseContext& context);
[[nodiscard]] Parsed<Asset> parse_asset(const nlohmann::json& record, const ParseContext& context);
// {"ordinal","day","key"} gives one, {"day","packed"} and {"day","sealed"} many.
[[nodiscard]] Parsed<std::vector<DayKey>> parse_keys(const nlohmann::json& record, const ParseContext& context);
[[nodiscard]] Parsed<Lease> parse_lease(const nlohmann::json& record, const ParseContext& context);
// Inventory and orders have shape checks only; nothing uses them yet. Returns the id.
[[nodiscard]] Parsed<std::string> check_other(Dataset dataset, const nlohmann::json& record,
                                              const ParseContext& context);

// The id under which a record is stored ("sku" for inventory); "" when it has none that is a string.
[[nodiscard]] std::string record_id(Dataset dataset, const nlohmann::json& record);

// Sorted keys, no white space, UTF-8: equal records are equal text.
[[nodiscard]] std::string canonical(const nlohmann::json& record);

// A JSON array of objects, or JSON lines. An element or a line that is no object, a line that is no JSON, and an object
// with one name twice are refused by their place ("record 3", "line 3"). Error, which names file and line: an array
// that is no JSON, or a file with nothing but what is refused. Limits depth and size.
struct FileRecord {
  nlohmann::json value;
  std::size_t line = 0;   // 1-based line where it begins
  std::size_t place = 0;  // its line in JSON lines, its 1-based number in an array
};
struct RecordFile {
  std::string place_word;  // "line" or "record"
  std::vector<FileRecord> records;
  std::vector<RecordError> refused;
};
[[nodiscard]] Result<RecordFile> read_record_file(const std::string& path);

inline constexpr std::size_t kMaxJsonBytes = 64U << 20U;

// Parses hostile JSON text: no exceptions, at most 64 levels deep, valid UTF-8, no duplicate handling.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text, std::size_t max_bytes = kMaxJsonBytes);
// The first name that an object in the text has twice, with the names above it ("content.en"); nothing when there is
// none. Of text that `parse_json` takes.
[[nodiscard]] std::optional<std::string> repeated_name(std::string_view text);

}  // namespace aisle::records
