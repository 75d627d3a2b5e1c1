#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "agent/records/records.hpp"

namespace aisle::records {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDepth = 64;

// The offset of the first bracket that is too deep; npos when none is.
std::size_t too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return at;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return std::string_view::npos;
}

// The end of the string that opens at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// A number beyond a double's range as the largest double of its sign, anything else as it is.
std::string_view clamped(const std::string& number) {
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (!std::isinf(value) || end != number.c_str() + number.size()) return number;
  return value < 0 ? "-1.7976931348623157e308" : "1.7976931348623157e308";
}

// The parser refuses a whole text for one number beyond a double's range. Clamped, it is as good as any other that is
// too large: whoever reads its field refuses it there.
std::string with_clamped_numbers(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text[at] == '"') {
      end = end_of_string(text, at);
    } else if (text[at] == '-' || (text[at] >= '0' && text[at] <= '9')) {
      end = std::min(text.find_first_not_of("+-.0123456789Ee", at), text.size());
      out += clamped(std::string(text.substr(at, end - at)));
      at = end;
      continue;
    }
    out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

Result<json> parse_sound(std::string_view text, bool clamp) {
  // The parser's own words may quote the text, which can hold keys: only the place is passed on.
  try {
    return json::parse(text);
  } catch (const json::parse_error& e) {
    return fail("not JSON at byte {}", e.byte);
  } catch (const json::exception&) {
    if (clamp) return parse_sound(with_clamped_numbers(text), false);
    return fail("not JSON: a number is out of range");
  }
}

// Looks at names alone and stops at one that its object has already.
class NameWatch final : public nlohmann::json_sax<json> {
 public:
  [[nodiscard]] const std::optional<std::string>& repeated() const { return repeated_; }

  bool key(std::string& name) override {
    open_.back().last = name;
    if (open_.back().names.insert(name).second) return true;
    repeated_.emplace();
    for (const auto& object : open_) *repeated_ += (repeated_->empty() ? "" : ".") + object.last;
    return false;
  }
  bool start_object(std::size_t /*elements*/) override {
    open_.emplace_back();
    return true;
  }
  bool end_object() override {
    open_.pop_back();
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const std::string& /*text*/) override { return true; }
  bool string(std::string& /*value*/) override { return true; }
  bool binary(json::binary_t& /*value*/) override { return true; }
  bool start_array(std::size_t /*elements*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t /*place*/, const std::string& /*token*/, const json::exception& /*what*/) override {
    return false;
  }

 private:
  struct Object {
    std::set<std::string> names;
    std::string last;
  };
  std::vector<Object> open_;
  std::optional<std::string> repeated_;
};

}  // namespace

std::optional<std::string> repeated_name(std::string_view text) {
  NameWatch watch;
  json::sax_parse(text, &watch);
  return watch.repeated();
}

Result<json> parse_json(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return fail("JSON of at most {} bytes expected, not {}", max_bytes, text.size());
  if (const std::size_t at = too_deep(text); at != std::string_view::npos)
    return fail("JSON nested more than {} levels deep at byte {}", kMaxDepth, at + 1);
  return parse_sound(text, true);
}

std::string canonical(const json& record) {
  return record.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace aisle::records
