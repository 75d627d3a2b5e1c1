// The one place that calls the TOML parser and meets its exceptions.
#pragma once

#include <toml++/toml.h>

#include <string_view>
#include <tl/expected.hpp>

#include "config/toml_guard.hpp"

namespace aisle::config {

// Guarded, then parsed; never throws for any text.
[[nodiscard]] tl::expected<toml::table, GuardFinding> parse_toml(std::string_view text);

// Where a node or key stands; `fallback` when the parser does not know.
[[nodiscard]] Place place_of(const toml::source_region& region, Place fallback = {});

}  // namespace aisle::config
