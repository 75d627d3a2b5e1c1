#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "config/known_keys.hpp"
#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::IsEmpty;

std::string example() {
  std::ifstream file(AISLE_TEST_DATA "/../../config/aisle.toml");
  return {std::istreambuf_iterator<char>(file), {}};
}

// "# key = value" becomes "key = value".
std::string all_keys_active(const std::string& text) {
  return std::regex_replace(text, std::regex("(^|\n)# ([a-z_]+ = )"), "$1$2");
}

// The keys of sections in a text with one key a line, as known_keys names them.
std::set<std::string> keys_of(const std::string& text) {
  static const std::regex header(R"(^\[+([a-z]+)(\]*))");
  static const std::regex key(R"(^([a-z_]+) = )");
  std::set<std::string> out;
  std::string section;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, header)) {
      section = match[1].str() + (match[2].length() == 2 ? "[]" : "");
    } else if (std::regex_search(line, match, key)) {
      out.insert(section + "." + match[1].str());
    }
  }
  return out;
}

TEST(Example, IsAWorkingConfiguration) {
  const Config config = parsed(example());
  EXPECT_THAT(config.warnings, ::testing::IsEmpty());
  EXPECT_EQ(config.zones.size(), 1U);
}

TEST(Example, EveryKeyIsExplained) {
  const std::set<std::string> shown = keys_of(all_keys_active(example()));
  for (const auto& [key, rule] : known_keys()) {
    // Tables, and the keys of inline tables, stand in their table's line.
    const bool section = key.find('.') == std::string::npos;
    const bool inner = std::count(key.begin(), key.end(), '.') > 1;
    EXPECT_TRUE(section || inner || shown.contains(key)) << key;
  }
  EXPECT_GT(shown.size(), 55U);
}

TEST(Example, EveryKeyWorksAsWritten) {
  const Config config = parsed(all_keys_active(example()));
  EXPECT_TRUE(config.sync.tls);
  EXPECT_EQ(config.sync.username, "s1/g1");
}

TEST(Example, OptionalKeysShowTheirDefaults) {
  const Config plain = parsed(example());
  Config active = parsed(all_keys_active(example()));
  active.privacy.master_key.clear();
  EXPECT_EQ(active.presence, plain.presence);
  EXPECT_EQ(active.simulator, plain.simulator);
  EXPECT_EQ(active.outbox, plain.outbox);
  EXPECT_EQ(active.privacy, plain.privacy);
  EXPECT_EQ(active.zones, plain.zones);
  EXPECT_EQ(active.log_level, plain.log_level);
  active.ble.file.clear();
  EXPECT_EQ(active.ble, plain.ble);
}

}  // namespace
}  // namespace aisle::config
