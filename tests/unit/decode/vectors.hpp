// The committed adverts with their expected JSON: tests/data/adverts/vectors.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/hex.hpp"

namespace aisle::decode::test {

struct Vector {
  std::string name;
  Bytes payload;
  nlohmann::ordered_json expected;
};

// Throws when the file is not as it should be: the test fails.
[[nodiscard]] std::vector<Vector> load_vectors();

// The bytes of hex known to be right.
[[nodiscard]] Bytes hex(std::string_view text);

}  // namespace aisle::decode::test
