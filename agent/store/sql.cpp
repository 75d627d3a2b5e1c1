#include "agent/store/sql.hpp"

namespace aisle::store {
namespace {

constexpr std::string_view kMark = "-- :name ";

// The text between "-- :name <statement>\n" and the next mark or the end; empty when there is none.
std::string_view section(std::string_view text, std::string_view statement) {
  for (std::size_t at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at + 1)) {
    const std::size_t name_at = at + kMark.size();
    const std::size_t line_end = text.find('\n', name_at);
    if (line_end == std::string_view::npos) return {};
    if (text.substr(name_at, line_end - name_at) != statement) continue;
    const std::size_t next = text.find(kMark, line_end);
    return text.substr(line_end + 1, next == std::string_view::npos ? next : next - line_end - 1);
  }
  return {};
}

}  // namespace

Result<std::string_view> named_sql(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot != std::string_view::npos) {
    for (const SqlFile& file : sql_files()) {
      if (file.name != name.substr(0, dot)) continue;
      const std::string_view text = section(file.text, name.substr(dot + 1));
      if (!text.empty()) return text;
    }
  }
  return fail("no SQL statement is named {}", name);
}

}  // namespace aisle::store
