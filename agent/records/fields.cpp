#include "agent/records/fields.hpp"

#include <cmath>

#include <fmt/ranges.h>

namespace aisle::records {

using nlohmann::json;

std::string describe_type(const json& value) {
  if (value.is_string()) return fmt::format("a text of {} bytes", value.get_ref<const std::string&>().size());
  if (value.is_number()) return "a number";
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  return value.dump();
}

std::string describe(const json& value) {
  constexpr std::size_t kShown = 40;
  if (value.is_structured()) return describe_type(value);
  if (!value.is_string()) return value.dump();
  std::string text = value.get<std::string>();
  if (text.size() > kShown) {
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end) + "...";
  }
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<std::string> text_problem(const json& value, TextRule rule) {
  if (!value.is_string()) return fmt::format("a text expected, not {}", describe(value));
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() < rule.min || text.size() > rule.max)
    return fmt::format("a text of {} to {} bytes expected, not {}", rule.min, rule.max, text.size());
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::ranges::any_of(text, control)) return "a text without control characters expected";
  return std::nullopt;
}

Fields::Fields(const json& object, std::string path, Failure& failure)
    : object_(object), path_(std::move(path)), failure_(failure) {
  if (!object_.is_object()) failure_.set(path_, fmt::format("an object expected, not {}", describe(object_)));
}

std::string Fields::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

bool Fields::known(std::string_view key) const {
  return std::ranges::find(known_, key) != known_.end();
}

const json* Fields::find(std::string_view key) {
  if (!known(key)) known_.push_back(key);
  if (failed()) return nullptr;
  const auto found = object_.find(key);
  return found == object_.end() ? nullptr : &*found;
}

const json* Fields::require(std::string_view key, std::string_view what) {
  const json* value = find(key);
  if (value == nullptr) fail_at(key, fmt::format("required: {} expected", what));
  return value;
}

const json* Fields::look(std::string_view key, Need need, std::string_view what) {
  return need == Need::required ? require(key, what) : find(key);
}

bool Fields::text(std::string_view key, std::string& out, Need need, TextRule rule) {
  const json* value = look(key, need, "a text");
  if (value == nullptr) return false;
  if (const auto wrong = text_problem(*value, rule)) {
    fail_at(key, *wrong);
    return false;
  }
  out = value->get_ref<const std::string&>();
  return true;
}

bool Fields::boolean(std::string_view key, bool& out) {
  const json* value = find(key);
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    fail_at(key, fmt::format("true or false expected, not {}", describe(*value)));
    return false;
  }
  out = value->get<bool>();
  return true;
}

std::optional<std::int64_t> Fields::whole(std::string_view key, std::int64_t low, std::int64_t high, Need need) {
  const json* value = look(key, need, fmt::format("an integer from {} to {}", low, high));
  if (value == nullptr) return std::nullopt;
  // Unsigned ones may be too large for the signed type.
  const bool fits =
      value->is_number_integer() &&
      (!value->is_number_unsigned() ||
       value->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  if (!fits || value->get<std::int64_t>() < low || value->get<std::int64_t>() > high) {
    fail_at(key, fmt::format("an integer from {} to {} expected, not {}", low, high, describe(*value)));
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

bool Fields::number(std::string_view key, double& out, double low, double high) {
  const json* value = find(key);
  if (value == nullptr) return false;
  const double read = value->is_number() ? value->get<double>() : std::nan("");
  if (!std::isfinite(read) || read < low || read > high) {
    fail_at(key, fmt::format("a number from {} to {} expected, not {}", low, high, describe(*value)));
    return false;
  }
  out = read;
  return true;
}

bool Fields::time(std::string_view key, UnixTime& out, Need need) {
  const json* value = look(key, need, "a time such as 2026-03-01T12:00:00Z");
  if (value == nullptr) return false;
  const auto parsed =
      value->is_string() ? parse_rfc3339(value->get_ref<const std::string&>()) : Result<UnixTime>(fail("no text"));
  if (!parsed) {
    fail_at(key, fmt::format("a time such as 2026-03-01T12:00:00Z expected, not {}", describe(*value)));
    return false;
  }
  out = *parsed;
  return true;
}

bool Fields::time(std::string_view key, std::optional<UnixTime>& out) {
  UnixTime read{};
  if (!time(key, read, Need::optional)) return false;
  out = read;
  return true;
}

bool Fields::duration(std::string_view key, std::optional<seconds>& out, std::int64_t low, std::int64_t high) {
  const auto value = whole(key, low, high, Need::optional);
  if (value) out = seconds{*value};
  return value.has_value();
}

bool Fields::texts(std::string_view key, std::vector<std::string>& out, std::size_t max_count) {
  std::vector<std::string> read;
  const bool there = each(key, max_count, Need::optional, [&](const json& value, const std::string& path) {
    if (const auto wrong = text_problem(value, {})) {
      failure_.set(path, *wrong);
    } else {
      read.push_back(value.get<std::string>());
    }
  });
  if (there) out = std::move(read);
  return there;
}

bool Fields::each(std::string_view key, std::size_t max_count, Need need, const ReadElement& read) {
  const json* value = look(key, need, "an array");
  if (value == nullptr) return false;
  if (!value->is_array() || value->size() > max_count) {
    const std::string was = value->is_array() ? fmt::format("{}", value->size()) : describe(*value);
    fail_at(key, fmt::format("an array of at most {} expected, not {}", max_count, was));
    return false;
  }
  for (std::size_t i = 0; i < value->size() && !failed(); ++i)
    read((*value)[i], fmt::format("{}[{}]", path_of(key), i));
  return !failed();
}

bool Fields::object(std::string_view key, Need need, const std::function<void(Fields&)>& read) {
  const json* value = look(key, need, "an object");
  if (value == nullptr) return false;
  Fields fields(*value, path_of(key), failure_);
  read(fields);
  fields.finish();
  return !failed();
}

std::optional<std::size_t> Fields::one_of(std::string_view key, std::span<const std::string_view> words, Need need) {
  const std::string expected = fmt::format("one of \"{}\"", fmt::join(words, "\", \""));
  const json* value = look(key, need, expected);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    const auto found = std::ranges::find(words, value->get_ref<const std::string&>());
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  fail_at(key, fmt::format("{} expected, not {}", expected, describe(*value)));
  return std::nullopt;
}

void Fields::finish() {
  if (failed() || failure_.strictness() == Strictness::wire) return;
  for (const auto& item : object_.items()) {
    if (known(item.key())) continue;
    fail_at(item.key().substr(0, 64), fmt::format("unknown field; known here: {}", fmt::join(known_, ", ")));
    return;
  }
}

void Fields::finish_record() {
  std::vector<std::string> critical;
  if (texts("crit", critical)) {
    for (const auto& name : critical) {
      if (!known(name))
        fail_at("crit", fmt::format("{} is critical, and this version does not know it", describe(name)));
    }
  }
  finish();
}

}  // namespace aisle::records
