// Collects everything wrong with a configuration, so that one run names it all.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.hpp"

namespace aisle::config {

// 1-based; columns count characters.
struct Place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

class Problems {
 public:
  void add(Place place, std::string_view key, std::string_view what);
  void warn(Place place, std::string_view key, std::string_view what);
  // Remembers a key that the readers understand, as "zones[].id".
  void understood(const std::string& key) { understood_.insert(key); }

  [[nodiscard]] bool empty() const { return errors_.empty(); }
  // One problem a line as "file:line:column: key: what", by place. At most 100 lines.
  [[nodiscard]] Error error(std::string_view file) const;
  [[nodiscard]] std::vector<std::string> warnings(std::string_view file) const;
  [[nodiscard]] const std::set<std::string>& understood_keys() const { return understood_; }

 private:
  struct Entry {
    Place place;
    std::string text;
  };
  static std::vector<std::string> lines(std::vector<Entry> entries, std::string_view file);

  std::vector<Entry> errors_;
  std::vector<Entry> warnings_;
  std::set<std::string> understood_;
};

}  // namespace aisle::config
