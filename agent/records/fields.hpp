// Reads the fields of one JSON object, each checked; the first thing wrong is kept and everything after it is passed
// over, so readers need no error handling of their own.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/base/time.hpp"
#include "agent/records/records.hpp"

namespace aisle::records {

enum class Need { optional, required };

// Length in bytes.
struct TextRule {
  std::size_t min = 1;
  std::size_t max = 128;
};
inline constexpr std::size_t kMaxTexts = 256;
// The largest integer that every JSON reader keeps exact (RFC 8259, section 6).
inline constexpr std::int64_t kMaxExact = 9'007'199'254'740'991;

// The first thing wrong with a record.
class Failure {
 public:
  explicit Failure(Strictness strictness) : strictness_(strictness) {}
  void set(std::string field, std::string why) {
    if (!error_) error_ = RecordError{{}, std::move(field), std::move(why)};
  }
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const RecordError& error() const { return *error_; }
  [[nodiscard]] Strictness strictness() const { return strictness_; }

 private:
  Strictness strictness_;
  std::optional<RecordError> error_;
};

// What was there, for "expected …, not …"; texts are cut. Not for secrets: see `describe_type`.
[[nodiscard]] std::string describe(const nlohmann::json& value);
// The same without the value: "a text of 31 bytes", "a number".
[[nodiscard]] std::string describe_type(const nlohmann::json& value);

template <class E, std::size_t N>
using Words = std::array<std::pair<std::string_view, E>, N>;

class Fields {
 public:
  // `path` is "" for the record itself. Anything but an object is a failure.
  Fields(const nlohmann::json& object, std::string path, Failure& failure);

  // The value of a field, nullptr when absent; marks the field as known.
  const nlohmann::json* find(std::string_view key);
  // The same; absence is a failure.
  const nlohmann::json* require(std::string_view key, std::string_view what);

  // Each returns true when the field was there and right; else `out` is as it was.
  bool text(std::string_view key, std::string& out, Need need, TextRule rule = {});
  bool boolean(std::string_view key, bool& out);
  bool number(std::string_view key, double& out, double low, double high);
  bool time(std::string_view key, UnixTime& out, Need need);
  bool time(std::string_view key, std::optional<UnixTime>& out);
  bool duration(std::string_view key, std::optional<seconds>& out, std::int64_t low, std::int64_t high);
  bool texts(std::string_view key, std::vector<std::string>& out, std::size_t max_count = kMaxTexts);
  template <class T>
  bool integer(std::string_view key, T& out, std::int64_t low, std::int64_t high, Need need) {
    const auto value = whole(key, low, high, need);
    if (value) out = static_cast<T>(*value);
    return value.has_value();
  }
  template <class E, std::size_t N>
  bool choice(std::string_view key, E& out, const Words<E, N>& words, Need need) {
    std::array<std::string_view, N> names;
    std::ranges::transform(words, names.begin(), [](const auto& word) { return word.first; });
    const auto index = one_of(key, names, need);
    if (index) out = words.at(*index).second;
    return index.has_value();
  }
  // Hex digits of a secret: messages never show them.
  template <std::size_t N>
  bool secret(std::string_view key, std::array<std::byte, N>& out) {
    const nlohmann::json* value = require(key, "hex digits");
    if (value == nullptr) return false;
    const auto bytes = value->is_string() ? from_hex_fixed<N>(value->get_ref<const std::string&>())
                                          : Result<std::array<std::byte, N>>(fail("no text"));
    if (!bytes) {
      fail_at(key, fmt::format("{} hex digits expected, not {}", 2 * N, describe_type(*value)));
      return false;
    }
    out = *bytes;
    return true;
  }

  // Calls `read` for every element of an array field.
  using ReadElement = std::function<void(const nlohmann::json& value, const std::string& path)>;
  bool each(std::string_view key, std::size_t max_count, Need need, const ReadElement& read);
  // Reads an object field and reports its unknown fields.
  bool object(std::string_view key, Need need, const std::function<void(Fields&)>& read);

  void fail_at(std::string_view key, std::string why) { failure_.set(path_of(key), std::move(why)); }
  [[nodiscard]] std::string path_of(std::string_view key) const;
  [[nodiscard]] bool failed() const { return failure_.failed(); }
  [[nodiscard]] Failure& failure() { return failure_; }
  [[nodiscard]] const nlohmann::json& value() const { return object_; }

  // Unknown fields: refused in files. Call once, last.
  void finish();
  // The same for a whole record, with its "crit".
  void finish_record();

 private:
  std::optional<std::int64_t> whole(std::string_view key, std::int64_t low, std::int64_t high, Need need);
  std::optional<std::size_t> one_of(std::string_view key, std::span<const std::string_view> words, Need need);
  const nlohmann::json* look(std::string_view key, Need need, std::string_view what);
  [[nodiscard]] bool known(std::string_view key) const;

  const nlohmann::json& object_;
  std::string path_;
  Failure& failure_;
  std::vector<std::string_view> known_;  // literals of the readers
};

// Runs `read` over a record and returns what it built, or the first thing wrong.
template <class T, class Read>
Parsed<T> parse_record(std::string id, const nlohmann::json& record, const ParseContext& context, Read read) {
  Failure failure(context.strictness);
  Fields fields(record, "", failure);
  T out{};
  read(fields, out);
  fields.finish_record();
  if (!failure.failed()) return out;
  RecordError error = failure.error();
  error.id = std::move(id);
  return tl::unexpected(std::move(error));
}

// Length and control characters; what is expected instead, or nothing.
[[nodiscard]] std::optional<std::string> text_problem(const nlohmann::json& value, TextRule rule);

}  // namespace aisle::records
