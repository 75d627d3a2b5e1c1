// A value that came as text from elsewhere: a variable of the environment, an argument.
#pragma once

#include <string>
#include <string_view>

#include "config/problems.hpp"
#include "config/toml_document.hpp"

namespace aisle::config {

// The document "v = VALUE" for a key with this rule: as TOML where that gives a type that the key takes, else the text
// as it is. The error is for text that no value can be.
[[nodiscard]] tl::expected<toml::table, GuardFinding> parse_value(std::string_view text, const KeyRule& rule,
                                                                  std::string_view file);

// In double quotes, as TOML writes it.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace aisle::config
