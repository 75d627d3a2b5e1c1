// Single keys by their dotted names: "sync.port", "zones.coffee.enter_rssi".
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"

namespace aisle::config {

// The value in force as JSON text: of a key, a section or a zone.
[[nodiscard]] Result<std::string> value_of(const Config& config, const std::string& key);

// The drop-in `text` with this key set; comments are lost. `value` as TOML, or as it is where a text is expected.
// Whether the result is valid is not said here.
[[nodiscard]] Result<std::string> with_key(std::string_view text, const std::string& file, const std::string& key,
                                           std::string_view value);

// The drop-in `text` without this key, and without the tables and zones that held nothing else: "" when nothing is
// left. Error: it does not set the key.
[[nodiscard]] Result<std::string> without_key(std::string_view text, const std::string& file, const std::string& key);

}  // namespace aisle::config
