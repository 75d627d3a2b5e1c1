#include "config/value.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace aisle::config {
namespace {

// In the words of JSON Schema; none: any.
std::vector<std::string> types_of(const KeyRule& rule) {
  const auto schema = nlohmann::json::parse("{" + rule.schema + "}", nullptr, false);
  const auto type = schema.is_object() ? schema.value("type", nlohmann::json()) : nlohmann::json();
  if (type.is_string()) return {type.get<std::string>()};
  return type.is_array() ? type.get<std::vector<std::string>>() : std::vector<std::string>();
}

bool fits(const toml::node& node, const std::vector<std::string>& types) {
  const auto takes = [&](std::string_view type) { return std::ranges::find(types, type) != types.end(); };
  if (types.empty()) return true;
  if (node.is_string()) return takes("string");
  if (node.is_boolean()) return takes("boolean");
  if (node.is_integer()) return takes("integer") || takes("number");
  if (node.is_floating_point()) return takes("number");
  if (node.is_array()) return takes("array");
  return node.is_table() && takes("object");
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      if (character == '"' || character == '\\') out.push_back('\\');
      out.push_back(character);
    }
  }
  return out + '"';
}

tl::expected<toml::table, GuardFinding> parse_value(std::string_view text, const KeyRule& rule, std::string_view file) {
  const auto types = types_of(rule);
  auto parsed = parse_toml("v = " + std::string(text), file);
  // More than one key: the text has a line end that it should not have.
  const bool value = parsed && parsed->size() == 1 && parsed->contains("v");
  if (value && fits(*parsed->get("v"), types)) return parsed;
  const bool text_taken = types.empty() || std::ranges::find(types, "string") != types.end();
  // Of another type than the key takes: its reader says so.
  if (value && !text_taken) return parsed;
  return parse_toml("v = " + quoted(text), file);
}

}  // namespace aisle::config
