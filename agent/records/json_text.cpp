#include <cstdint>

#include "agent/records/records.hpp"

namespace aisle::records {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxBytes = 64U << 20U;

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

}  // namespace

Result<json> parse_json(std::string_view text) {
  if (text.size() > kMaxBytes) return fail("JSON of at most {} bytes expected, not {}", kMaxBytes, text.size());
  if (const std::size_t at = too_deep(text); at != std::string_view::npos)
    return fail("JSON nested more than {} levels deep at byte {}", kMaxDepth, at + 1);
  // The parser's own words may quote the text, which can hold keys: only the place is passed on.
  try {
    return json::parse(text);
  } catch (const json::parse_error& e) {
    return fail("not JSON at byte {}", e.byte);
  } catch (const json::exception&) {
    return fail("not JSON: a number is out of range");
  }
}

std::string canonical(const json& record) {
  return record.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace aisle::records
