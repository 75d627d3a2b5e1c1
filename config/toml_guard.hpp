// What is checked of a configuration's text before a TOML parser sees it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/problems.hpp"

namespace aisle::config {

inline constexpr std::size_t kMaxConfigBytes = 1U << 20U;
// The parser and its tables recurse once per level of nesting and per part of a dotted key.
inline constexpr unsigned kMaxNesting = 32;
inline constexpr unsigned kMaxKeyDots = 16;

struct GuardFinding {
  Place place;
  std::string what;
};

// The first thing that makes the text unfit: size, invalid UTF-8, control characters, nesting.
[[nodiscard]] std::optional<GuardFinding> guard_toml(std::string_view text);

}  // namespace aisle::config
