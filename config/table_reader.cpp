#include "config/table_reader.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "config/toml_document.hpp"

namespace aisle::config {

std::string describe(const toml::node& node) {
  if (const auto* text = node.as_string()) return fmt::format("\"{}\"", printable(text->get(), 40));
  if (const auto* whole = node.as_integer()) return fmt::format("{}", whole->get());
  if (const auto* real = node.as_floating_point()) return fmt::format("{}", real->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (node.is_array()) return "an array";
  if (node.is_table()) return "a table";
  return "a date or time";
}

std::string suggestion(std::string_view text, const std::vector<std::string>& names) {
  const std::string near = nearest(text, names);
  return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
}

std::optional<std::string> text_problem(std::string_view text, TextRule rule) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::ranges::any_of(text, control)) return "text without control characters expected";
  if (text.size() < rule.min || text.size() > rule.max)
    return fmt::format("text of {} to {} bytes expected, not {}", rule.min, rule.max, text.size());
  return std::nullopt;
}

TableReader::TableReader(const toml::table& table, std::string path, std::string pattern, Problems& problems,
                         const Place& fallback)
    : table_(table),
      path_(std::move(path)),
      pattern_(std::move(pattern)),
      problems_(problems),
      place_(config::place_of(table.source(), fallback)) {}

std::string TableReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::string TableReader::pattern_of(std::string_view key) const {
  return pattern_.empty() ? std::string(key) : fmt::format("{}.{}", pattern_, key);
}

void TableReader::note(std::string_view key, std::string_view schema, bool required) {
  problems_.get().understood(pattern_of(key), schema, required);
}

const toml::node* TableReader::take(std::string_view key, std::string_view schema) {
  if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
  note(key, schema);
  return table_.get().get(key);
}

Place TableReader::place_of_key(std::string_view key) const {
  const toml::node* node = table_.get().get(key);
  return node == nullptr ? place_ : config::place_of(node->source(), place_);
}

void TableReader::problem(std::string_view key, std::string_view what) {
  problems_.get().add(place_of_key(key), path_of(key), what);
}

void TableReader::problem_at(const toml::node& node, std::string_view path, std::string_view what) {
  problems_.get().add(config::place_of(node.source(), place_), path, what);
}

void TableReader::warn(std::string_view key, std::string_view what) {
  problems_.get().warn(place_of_key(key), path_of(key), what);
}

void TableReader::unused(std::string_view key) {
  if (take(key) != nullptr) warn(key, "accepted, but without effect in this version");
}

bool TableReader::text(std::string_view key, std::string& out, TextRule rule) {
  const toml::node* node =
      take(key, fmt::format(R"("type":"string","minLength":{},"maxLength":{})", rule.min, rule.max));
  if (node == nullptr) return false;
  const auto* value = node->as_string();
  if (value == nullptr) {
    problem(key, fmt::format("text in quotes expected, not {}", describe(*node)));
    return false;
  }
  if (const auto wrong = text_problem(value->get(), rule)) {
    problem(key, *wrong);
    return false;
  }
  out = value->get();
  return true;
}

bool TableReader::required_text(std::string_view key, std::string& out, TextRule rule, std::string_view what) {
  const bool right = text(key, out, rule);
  note(key, {}, true);
  if (has(key)) return right;
  problem(key, fmt::format("required: {}", what));
  return false;
}

bool TableReader::boolean(std::string_view key, bool& out) {
  const toml::node* node = take(key, R"("type":"boolean")");
  if (node == nullptr) return false;
  const auto* value = node->as_boolean();
  if (value == nullptr) {
    problem(key, fmt::format("true or false expected, not {}", describe(*node)));
    return false;
  }
  out = value->get();
  return true;
}

std::optional<std::int64_t> TableReader::whole(std::string_view key, std::int64_t low, std::int64_t high) {
  const toml::node* node = take(key, fmt::format(R"("type":"integer","minimum":{},"maximum":{})", low, high));
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_integer();
  if (value == nullptr || value->get() < low || value->get() > high) {
    problem(key, fmt::format("an integer from {} to {} expected, not {}", low, high, describe(*node)));
    return std::nullopt;
  }
  return value->get();
}

bool TableReader::number(std::string_view key, double& out, double low, double high) {
  const toml::node* node = take(key, fmt::format(R"("type":"number","minimum":{},"maximum":{})", low, high));
  if (node == nullptr) return false;
  const auto value = node->is_number() ? node->value<double>() : std::nullopt;
  if (!value || !std::isfinite(*value) || *value < low || *value > high) {
    problem(key, fmt::format("a number from {} to {} expected, not {}", low, high, describe(*node)));
    return false;
  }
  out = *value;
  return true;
}

bool TableReader::duration(std::string_view key, seconds& out, std::int64_t low, std::int64_t high, std::int64_t unit) {
  const auto value = whole(key, low, high);
  if (value) out = seconds{*value * unit};
  return value.has_value();
}

bool TableReader::texts(std::string_view key, std::vector<std::string>& out, std::size_t max_count) {
  note(key, fmt::format(R"("type":"array","maxItems":{},"items":{{"type":"string","minLength":1,"maxLength":128}})",
                        max_count));
  const toml::array* values = array(key, max_count, "an array of texts");
  if (values == nullptr) return false;
  std::vector<std::string> read;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const toml::node& node = *values->get(i);
    const auto* text = node.as_string();
    const auto wrong = text == nullptr ? fmt::format("text in quotes expected, not {}", describe(node))
                                       : text_problem(text->get(), {1, 128});
    if (wrong) problem_at(node, fmt::format("{}[{}]", path_of(key), i), *wrong);
    if (text != nullptr && !wrong) read.push_back(text->get());
  }
  if (read.size() != values->size()) return false;
  out = std::move(read);
  return true;
}

std::optional<std::size_t> TableReader::one_of(std::string_view key, std::span<const std::string_view> words) {
  const toml::node* node = take(key, fmt::format(R"("type":"string","enum":["{}"])", fmt::join(words, R"(",")")));
  if (node == nullptr) return std::nullopt;
  std::string hint;
  if (const auto* text = node->as_string()) {
    const auto found = std::ranges::find(words, text->get());
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    hint = suggestion(text->get(), {words.begin(), words.end()});
  }
  problem(key, fmt::format("one of \"{}\" expected, not {}{}", fmt::join(words, "\", \""), describe(*node), hint));
  return std::nullopt;
}

std::optional<TableReader> TableReader::table(std::string_view key) {
  const toml::node* node = take(key, R"("type":"object")");
  if (node == nullptr) return std::nullopt;
  if (const toml::table* found = node->as_table()) {
    return TableReader(*found, path_of(key), pattern_of(key), problems_, place_);
  }
  problem(key, fmt::format("a table expected, not {}", describe(*node)));
  return std::nullopt;
}

const toml::array* TableReader::array(std::string_view key, std::size_t max_count, std::string_view expected) {
  const toml::node* node = take(key, fmt::format(R"("type":"array","maxItems":{})", max_count));
  if (node == nullptr) return nullptr;
  const toml::array* found = node->as_array();
  if (found == nullptr) {
    problem(key, fmt::format("{} expected, not {}", expected, describe(*node)));
  } else if (found->size() > max_count) {
    problem(key, fmt::format("at most {} entries expected, not {}", max_count, found->size()));
    found = nullptr;
  }
  return found;
}

TableReader TableReader::element(std::string_view key, const toml::table& table, std::size_t index) const {
  return {table, fmt::format("{}[{}]", path_of(key), index), pattern_of(key) + "[]", problems_, place_};
}

void TableReader::finish() {
  for (const auto& [key, node] : table_.get()) {
    const std::string_view name = key.str();
    if (std::ranges::find(known_, name) != known_.end()) continue;
    std::string hint = suggestion(name, known_);
    if (hint.empty())
      hint = known_.empty() ? "; none is known here" : fmt::format("; known here: {}", fmt::join(known_, ", "));
    problems_.get().add(config::place_of(key.source(), place_), path_of(printable(name)),
                        fmt::format("unknown {}{}", node.is_table() ? "table" : "key", hint));
  }
}

}  // namespace aisle::config
