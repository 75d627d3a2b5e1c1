// The published schema is what the readers expect: the same keys, defaults and bounds.
#include "config/schema.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "config/known_keys.hpp"
#include "tests/fakes/process.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using Json = nlohmann::json;
using ::testing::Each;
using ::testing::StartsWith;

constexpr const char* kFile = AISLE_TEST_DATA "/../../config/aisle.schema.json";

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One verdict a text.
std::vector<std::string> verdicts(const std::vector<std::string>& texts) {
  const fakes::TempDir directory;
  std::vector<std::string> argv = {"/usr/bin/python3", AISLE_TEST_DATA "/../unit/config/check_schema.py", kFile};
  for (const auto& text : texts) {
    argv.push_back(directory.file(std::to_string(argv.size())));
    fakes::write_file(argv.back(), text);
  }
  const auto done = fakes::run(argv);
  EXPECT_EQ(done.exit, 0) << done.err;
  return fakes::whole_lines(done.out);
}

// Names of keys as known_keys has them.
void collect(const Json& schema, const std::string& path, std::set<std::string>& out) {
  if (schema.contains("items")) {
    const Json& items = schema["items"];
    collect(items.contains("anyOf") ? items["anyOf"].back() : items, path + "[]", out);
  }
  if (!schema.contains("properties")) return;
  for (const auto& entry : schema["properties"].items()) {
    const std::string name = path.empty() ? entry.key() : path + "." + entry.key();
    out.insert(name);
    collect(entry.value(), name, out);
  }
}

TEST(Schema, TheFileIsWhatTheReadersExpect) {
  EXPECT_EQ(text_of(kFile), json_schema() + "\n") << "write it anew: aislectl config schema > config/aisle.schema.json";
}

TEST(Schema, HasEveryKeyAndNoOther) {
  std::set<std::string> keys;
  collect(Json::parse(json_schema()), "", keys);
  std::set<std::string> known;
  for (const auto& entry : known_keys()) known.insert(entry.first);
  EXPECT_EQ(keys, known);
}

TEST(Schema, EveryKeyIsDescribedAndNoOther) {
  const auto known = known_keys();
  for (const auto& entry : known) EXPECT_TRUE(descriptions().contains(entry.first)) << entry.first;
  for (const auto& entry : descriptions()) EXPECT_TRUE(known.contains(std::string(entry.first))) << entry.first;
}

TEST(Schema, DefaultsAreThoseInForce) {
  const auto schema = Json::parse(json_schema());
  const auto shown = Json::parse(show_json(parsed(with(""))));
  std::size_t compared = 0;
  for (const auto& section : shown.items()) {
    const bool zones = section.value().is_array();
    const Json& table = zones ? section.value()[0] : section.value();
    const Json& properties = zones ? schema["properties"]["zones"]["items"]["properties"]
                                   : schema["properties"][section.key()]["properties"];
    for (const auto& entry : table.items()) {
      if (!properties[entry.key()].contains("default")) continue;
      EXPECT_EQ(properties[entry.key()]["default"], entry.value()) << section.key() << "." << entry.key();
      ++compared;
    }
  }
  EXPECT_GT(compared, 45U);
}

TEST(Schema, TakesWhatTheReaderTakes) {
  const std::vector<std::string> good = {
      text_of(AISLE_TEST_DATA "/../../config/aisle.toml"), text_of(AISLE_TEST_DATA "/config/shop.toml"),
      with("[sync]\nhost = [\"a\", \"b:1\"]\nprotocol = 5\n[ble]\nadapter = [\"hci0\", { name = \"hci1\" }]\n"),
      with("dwell_s = []\n[simulator]\nstart = 2026-03-06T15:00:00Z\n[presence]\nsmoothing = { samples = 4 }\n"),
      with("[[zones]]\nid = \"b\"\nreceivers = [{ id = \"g2\", enter_rssi = -60, exit_rssi = -70 }]\n")};
  for (const auto& text : good) EXPECT_TRUE(parse(text, "t.toml")) << text;
  EXPECT_THAT(verdicts(good), Each("ok"));
}

TEST(Schema, RefusesWhatTheReaderRefuses) {
  const std::vector<std::string> bad = {"[store]\nid = \"s1\"\ngateway = \"g1\"\n",
                                        "[store]\nid = \"S 1\"\ngateway = \"g1\"\ntimezone = \"Europe/Madrid\"\n",
                                        with("enter_rssi = \"loud\"\n"),
                                        with("enter_rsi = -60\n"),
                                        with("kind = \"shelf\"\n"),
                                        with("min_samples = 65\n"),
                                        with("categories = [1]\n"),
                                        with("[[zones]]\nid = \"b\"\n"),
                                        with("[[zones]]\nid = \"b\"\nreceivers = []\n"),
                                        with("[[zones]]\nid = \"b\"\nreceivers = [{ id = \"g2\", rssi = 1 }]\n"),
                                        with("[sync]\nport = 0\n"),
                                        with("[sync]\nprotocol = 4\n"),
                                        with("[sync]\nhost = []\n"),
                                        with("[sync]\ntls = \"yes\"\n"),
                                        with("[ble]\nspeed = -1.5\n"),
                                        with("[ble]\nadapter = [{ name = \"hci0\", reciever = \"g2\" }]\n"),
                                        with("[offers]\nx = 1\n"),
                                        with("[log]\nlevel = \"loud\"\n"),
                                        with("[sinc]\n")};
  for (const auto& text : bad) EXPECT_FALSE(parse(text, "t.toml")) << text;
  const auto said = verdicts(bad);
  EXPECT_EQ(said.size(), bad.size());
  EXPECT_THAT(said, Each(StartsWith("$")));
}

}  // namespace
}  // namespace aisle::config
