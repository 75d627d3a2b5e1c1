#include "config/toml_document.hpp"

#include <algorithm>
#include <exception>

#include "config/names.hpp"

namespace aisle::config {
namespace {

// What stands before the "=" of a line, as ` in "port"`; "" where there is none.
std::string key_of_line(std::string_view text, std::uint32_t line) {
  for (; line > 1; --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  text = text.substr(0, text.find('\n'));
  const auto equals = text.find('=');
  const auto begin = text.find_first_not_of(" \t");
  if (equals == std::string_view::npos || begin >= equals) return {};
  const auto end = text.find_last_not_of(" \t", equals - 1);
  return " in \"" + printable(text.substr(begin, end + 1 - begin)) + '"';
}

}  // namespace

tl::expected<toml::table, GuardFinding> parse_toml(std::string_view text, std::string_view file) {
  if (auto finding = guard_toml(text)) {
    finding->place.file = file;
    return tl::unexpected(*finding);
  }
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& e) {
    const Place place = place_of(e.source());
    return tl::unexpected(
        GuardFinding{place, "TOML: " + printable(e.description(), 300) + key_of_line(text, place.line)});
  } catch (const std::exception& e) {
    return tl::unexpected(GuardFinding{{1, 1, std::string(file)}, "TOML: " + printable(e.what(), 300)});
  }
}

Place place_of(const toml::source_region& region, Place fallback) {
  if (region.begin.line == 0) return fallback;
  return {static_cast<std::uint32_t>(region.begin.line), static_cast<std::uint32_t>(region.begin.column),
          region.path ? *region.path : std::string()};
}

}  // namespace aisle::config
