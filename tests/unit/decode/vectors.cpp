#include "tests/unit/decode/vectors.hpp"

#include <fstream>

namespace aisle::decode::test {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

std::vector<Vector> load_vectors() {
  std::ifstream file(std::string(AISLE_TEST_DATA) + "/adverts/vectors.json");
  std::vector<Vector> vectors;
  for (const auto& entry : nlohmann::ordered_json::parse(file)) {
    vectors.push_back(
        {entry.at("name").get<std::string>(), hex(entry.at("payload").get<std::string>()), entry.at("expected")});
  }
  return vectors;
}

}  // namespace aisle::decode::test
