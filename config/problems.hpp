// Collects everything wrong with a configuration, so that one run names it all.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.hpp"

namespace aisle::config {

// In front of the name of a variable, where a file's name stands otherwise.
inline constexpr std::string_view kVariable = "environment variable ";

// 1-based; columns count characters.
struct Place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string file{};  // or a variable, with kVariable in front; "" is the main file
};
// "file:line:column", a variable without the latter; `main` is the main file's name.
[[nodiscard]] std::string place_text(const Place& place, std::string_view main);

// What a reader expects of a key.
struct KeyRule {
  std::string schema;  // members of its JSON Schema, without the braces around them
  bool required = false;
};

class Problems {
 public:
  void add(Place place, std::string_view key, std::string_view what);
  void warn(Place place, std::string_view key, std::string_view what);
  // Remembers a key that the readers understand, as "zones[].id"; the first schema given stays.
  void understood(const std::string& key, std::string_view schema = {}, bool required = false);

  [[nodiscard]] bool empty() const { return errors_.empty(); }
  // One problem a line as "file:line:column: key: what", by place: `file`, which is the main one, first, variables
  // last. At most 100 lines.
  [[nodiscard]] Error error(std::string_view file) const;
  [[nodiscard]] std::vector<std::string> warnings(std::string_view file) const;
  [[nodiscard]] const std::map<std::string, KeyRule>& understood_keys() const { return understood_; }

 private:
  struct Entry {
    Place place;
    std::string text;
  };
  static std::vector<std::string> lines(std::vector<Entry> entries, std::string_view file);

  std::vector<Entry> errors_;
  std::vector<Entry> warnings_;
  std::map<std::string, KeyRule> understood_;
};

}  // namespace aisle::config
