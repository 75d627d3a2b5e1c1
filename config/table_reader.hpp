// Reads one TOML table key by key: types and ranges are checked, what is wrong goes to Problems, and keys that nobody
// asked for are reported by `finish`. A key that is absent or wrong leaves its target as it was.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/time.hpp"
#include "config/names.hpp"
#include "config/problems.hpp"

namespace aisle::config {

struct TextRule {
  std::size_t min = 0;  // bytes
  std::size_t max = 256;
};

// What was there, for "expected …, not …".
[[nodiscard]] std::string describe(const toml::node& node);

class TableReader {
 public:
  // `path` is the table's name in messages ("zones[0]", "" for the root), `pattern` the same without indices.
  TableReader(const toml::table& table, std::string path, std::string pattern, Problems& problems,
              const Place& fallback = {});

  // Each returns true when the key was there and right.
  bool text(std::string_view key, std::string& out, TextRule rule = {});
  bool boolean(std::string_view key, bool& out);
  bool number(std::string_view key, double& out, double low, double high);
  bool duration(std::string_view key, seconds& out, std::int64_t low, std::int64_t high, std::int64_t unit = 1);
  bool texts(std::string_view key, std::vector<std::string>& out, std::size_t max_count);
  template <class T>
  bool integer(std::string_view key, T& out, std::int64_t low, std::int64_t high) {
    const auto value = whole(key, low, high);
    if (value) out = static_cast<T>(*value);
    return value.has_value();
  }
  template <class E, std::size_t N>
  bool choice(std::string_view key, E& out, const Names<E, N>& names) {
    std::vector<std::string_view> words;
    for (const auto& entry : names) words.push_back(entry.first);
    const auto index = one_of(key, words);
    if (index) out = names.at(*index).second;
    return index.has_value();
  }
  // The index of the word given.
  std::optional<std::size_t> one_of(std::string_view key, std::span<const std::string_view> words);
  // Missing text is a problem at the table.
  bool required_text(std::string_view key, std::string& out, TextRule rule, std::string_view what);

  // The node of a key, whatever its type; marks the key as known, `schema` as in KeyRule.
  const toml::node* take(std::string_view key, std::string_view schema = {});
  // Says what is expected of a key, where that is more than its type tells; before the key is read.
  void note(std::string_view key, std::string_view schema, bool required = false);
  // The table or array of a key; another type is a problem.
  std::optional<TableReader> table(std::string_view key);
  const toml::array* array(std::string_view key, std::size_t max_count, std::string_view expected);
  // A reader for the table that is element `index` of the array of a key.
  [[nodiscard]] TableReader element(std::string_view key, const toml::table& table, std::size_t index) const;
  // Accepted, without effect in this version: a warning.
  void unused(std::string_view key);

  // A problem with the value of a key, or with the table when it is absent; or with an element of an array.
  void problem(std::string_view key, std::string_view what);
  void problem_at(const toml::node& node, std::string_view path, std::string_view what);
  void warn(std::string_view key, std::string_view what);
  [[nodiscard]] std::string path_of(std::string_view key) const;
  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] bool has(std::string_view key) const { return table_.get().contains(key); }

  // Reports unknown keys with the nearest known one. Call once, last.
  void finish();

 private:
  std::optional<std::int64_t> whole(std::string_view key, std::int64_t low, std::int64_t high);
  [[nodiscard]] Place place_of_key(std::string_view key) const;
  [[nodiscard]] std::string pattern_of(std::string_view key) const;

  std::reference_wrapper<const toml::table> table_;
  std::string path_, pattern_;
  std::reference_wrapper<Problems> problems_;
  Place place_;
  std::vector<std::string> known_;
};

// "; did you mean \"X\"?", or nothing.
[[nodiscard]] std::string suggestion(std::string_view text, const std::vector<std::string>& names);

// Checks a text as every text of the configuration: length, no control characters. Returns what is expected instead.
[[nodiscard]] std::optional<std::string> text_problem(std::string_view text, TextRule rule);

}  // namespace aisle::config
