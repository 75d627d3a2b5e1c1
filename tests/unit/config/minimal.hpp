// The smallest configurations that work, and helpers to vary them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/config.hpp"

namespace aisle::config {

inline constexpr std::string_view kStore = R"([store]
id = "s1"
gateway = "g1"
timezone = "Europe/Madrid"
)";

// Store and one zone (from line 5), then `more`.
inline std::string with(std::string_view more) {
  return std::string(kStore) + "[[zones]]\nid = \"coffee\"\nreceivers = [\"g1\"]\n" + std::string(more);
}

inline Config parsed(std::string_view text) {
  auto config = parse(text, "t.toml");
  EXPECT_TRUE(config.has_value()) << config.error().message();
  return config ? *config : Config{};
}

inline std::string refused(std::string_view text) {
  const auto config = parse(text, "t.toml");
  EXPECT_FALSE(config.has_value()) << text;
  return config ? "" : config.error().message();
}

}  // namespace aisle::config
