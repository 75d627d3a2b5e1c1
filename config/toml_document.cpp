#include "config/toml_document.hpp"

#include <exception>

#include "config/names.hpp"

namespace aisle::config {

tl::expected<toml::table, GuardFinding> parse_toml(std::string_view text) {
  if (auto finding = guard_toml(text)) return tl::unexpected(*finding);
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& e) {
    return tl::unexpected(GuardFinding{place_of(e.source()), "TOML: " + printable(e.description(), 300)});
  } catch (const std::exception& e) {
    return tl::unexpected(GuardFinding{{}, "TOML: " + printable(e.what(), 300)});
  }
}

Place place_of(const toml::source_region& region, Place fallback) {
  if (region.begin.line == 0) return fallback;
  return {static_cast<std::uint32_t>(region.begin.line), static_cast<std::uint32_t>(region.begin.column)};
}

}  // namespace aisle::config
