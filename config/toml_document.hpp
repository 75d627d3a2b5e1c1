// The one place that calls the TOML parser and meets its exceptions.
#pragma once

#include <toml++/toml.h>

#include <string_view>
#include <tl/expected.hpp>

#include "config/toml_guard.hpp"

namespace aisle::config {

// Guarded, then parsed; never throws for any text. Every node, and the finding, knows `file` as where it stands.
[[nodiscard]] tl::expected<toml::table, GuardFinding> parse_toml(std::string_view text, std::string_view file = {});

// Where a node or key stands; `fallback` when the parser does not know.
[[nodiscard]] Place place_of(const toml::source_region& region, Place fallback = {});

}  // namespace aisle::config
