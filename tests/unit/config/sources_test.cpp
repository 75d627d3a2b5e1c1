#include "config/sources.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

Loaded combined(const std::vector<Source>& sources, const Environment& environment = {}) {
  auto loaded = combine(sources, environment);
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message();
  return loaded ? *loaded : Loaded{};
}

std::string refusal(const std::vector<Source>& sources, const Environment& environment = {}) {
  const auto loaded = combine(sources, environment);
  EXPECT_FALSE(loaded.has_value());
  return loaded ? "" : loaded.error().message();
}

Source main_file(std::string_view more = "") {
  return {"t.toml", with(more)};
}

TEST(DropIns, TablesMergeKeyByKeyAndTheLastValueHolds) {
  const auto config = combined({main_file("[sync]\nhost = [\"a\", \"b\"]\nport = 1884\n"),
                                {"d/1.toml", "[sync]\nport = 1885\nprefix = \"x\"\n"},
                                {"d/2.toml", "sync = { host = [\"c\"], port = 1886 }\n[outbox]\nmax_rows = 5\n"}})
                          .config;
  EXPECT_EQ(config.sync.port, 1886);
  EXPECT_EQ(config.sync.prefix, "x");
  EXPECT_THAT(config.sync.nodes, ElementsAre(BrokerNode{"c", 1886}));  // an array is replaced
  EXPECT_EQ(config.outbox.max_rows, 5U);
  EXPECT_EQ(config.store.id, "s1");
}

TEST(DropIns, ZonesMergeByIdAndNewOnesComeLast) {
  const auto zones = combined({main_file("name = \"Coffee\"\n[[zones]]\nid = \"b\"\nreceivers = [\"g1\"]\n"),
                               {"d/1.toml",
                                "[[zones]]\nid = \"c\"\nreceivers = [\"g1\"]\n"
                                "[[zones]]\nid = \"coffee\"\nenter_rssi = -60\n"}})
                         .config.zones;
  ASSERT_EQ(zones.size(), 3U);
  EXPECT_EQ(zones[0].name, "Coffee");
  EXPECT_EQ(zones[0].receivers.at(0).enter_rssi, -60);
  EXPECT_EQ(zones[1].id, "b");
  EXPECT_EQ(zones[2].id, "c");
}

TEST(DropIns, AnErrorNamesTheFileThatHasIt) {
  EXPECT_EQ(refusal({main_file("[sync]\nport = 1883\n"), {"d/1.toml", "[sync]\n\n  port = 0\n  prot = 1\n"}}),
            "d/1.toml:3:10: sync.port: an integer from 1 to 65535 expected, not 0\n"
            "d/1.toml:4:3: sync.prot: unknown key; did you mean \"port\"?");
  EXPECT_EQ(refusal({main_file("[sync]\nport = 0\n"), {"a/1.toml", "[log]\nlevel = 1\n"}}),
            "t.toml:9:8: sync.port: an integer from 1 to 65535 expected, not 0\n"
            "a/1.toml:2:9: log.level: one of \"error\", \"warning\", \"info\", \"debug\" expected, not 1");
  EXPECT_THAT(refusal({main_file(), {"d/1.toml", "[sync\n"}}), HasSubstr("d/1.toml:1:6: TOML"));
  EXPECT_THAT(refusal({main_file(), {"d/1.toml", "\xFF"}}), HasSubstr("d/1.toml:1:1: invalid UTF-8"));
}

TEST(DropIns, TwoZonesOfOneNameInOneFileAreTwo) {
  EXPECT_THAT(refusal({main_file(), {"d/1.toml", "[[zones]]\nid = \"coffee\"\n[[zones]]\nid = \"coffee\"\n"}}),
              HasSubstr("d/1.toml:4:6: zones[1].id: another zone is called \"coffee\" already"));
}

TEST(DropIns, AreReadByNameWithoutHiddenAndOtherFiles) {
  const fakes::TempDir directory;
  const std::string path = directory.file("aisle.toml");
  std::filesystem::create_directory(path + ".d");
  std::ofstream(path) << with("[outbox]\nmax_rows = 1\n");
  for (const char* name : {"9.toml", "10.toml", ".11.toml", "b.toml.pending", "c.txt"})
    std::ofstream(path + ".d/" + name) << "[outbox]\nmax_rows = " << 100 + std::string(name).size() << "\n";
  const auto sources = read_sources(path);
  ASSERT_TRUE(sources) << sources.error().message();
  ASSERT_EQ(sources->size(), 3U);
  EXPECT_EQ((*sources)[1].name, path + ".d/10.toml");  // bytes, not numbers
  EXPECT_EQ((*sources)[2].name, path + ".d/9.toml");
  EXPECT_EQ(load(path)->outbox.max_rows, 106U);
}

TEST(DropIns, OneThatCannotBeReadIsAnError) {
  const fakes::TempDir directory;
  const std::string path = directory.file("aisle.toml");
  std::ofstream(path) << with("");
  EXPECT_EQ(read_sources(path)->size(), 1U);
  std::filesystem::create_directories(path + ".d/1.toml");
  EXPECT_THAT(read_sources(path).error().message(), HasSubstr("1.toml: cannot be read; a file is expected"));
}

TEST(Variables, SetAKeyOverEveryFile) {
  const auto loaded = combined({main_file("[sync]\nport = 1\n"), {"d/1.toml", "[sync]\nport = 2\n"}},
                               {{"AISLE_SYNC__PORT", "1999"},
                                {"AISLE_SYNC__HOST", "10.0.0.1"},
                                {"AISLE_SYNC__USERNAME", "1234"},
                                {"AISLE_SYNC__PREFIX", "\"a/b\""},
                                {"AISLE_SYNC__PROTOCOL", "3.1.1"},
                                {"AISLE_SIMULATOR__START", "2026-01-02T03:04:05Z"},
                                {"AISLE_PRIVACY__ALLOW_STATIC", "true"},
                                {"AISLE_BLE__SPEED", "2"}});
  EXPECT_EQ(loaded.config.sync.port, 1999);
  EXPECT_EQ(loaded.config.sync.host, "10.0.0.1");
  EXPECT_EQ(loaded.config.sync.username, "1234");  // text is wanted
  EXPECT_EQ(loaded.config.sync.prefix, "a/b");
  EXPECT_EQ(loaded.config.sync.protocol, 3);
  EXPECT_EQ(format_rfc3339(loaded.config.simulator.start), "2026-01-02T03:04:05.000Z");
  EXPECT_TRUE(loaded.config.privacy.allow_static);
  EXPECT_EQ(loaded.config.ble.speed, 2.0);
  EXPECT_EQ(combined({main_file()}, {{"AISLE_SYNC__HOST", "[\"a\", \"b:1\"]"}}).config.sync.nodes.size(), 2U);
}

TEST(Variables, AnErrorNamesTheVariable) {
  EXPECT_EQ(refusal({main_file()}, {{"AISLE_SYNC__PORT", "none"}}),
            "environment variable AISLE_SYNC__PORT: sync.port: an integer from 1 to 65535 expected, not \"none\"");
  EXPECT_EQ(refusal({main_file()}, {{"AISLE_SYNC__HOTS", "x"}}),
            "environment variable AISLE_SYNC__HOTS: no key of the configuration; did you mean \"AISLE_SYNC__HOST\"?");
  EXPECT_EQ(refusal({main_file()}, {{"AISLE_ZONES__ID", "x"}}),
            "environment variable AISLE_ZONES__ID: zones cannot be set here; a drop-in can");
  EXPECT_THAT(refusal({main_file()}, {{"AISLE_SYNC__USERNAME", "a\nport = 5"}}),
              HasSubstr("AISLE_SYNC__USERNAME: sync.username: text without control characters"));
  EXPECT_THAT(refusal({main_file()}, {{"AISLE_SYNC__USERNAME", "\xFF"}}), HasSubstr("sync.username: invalid UTF-8"));
}

TEST(Variables, OnlyThoseWithASectionAreOurs) {
  ASSERT_EQ(setenv("AISLE_LONG", "1", 1), 0);
  ASSERT_EQ(setenv("AISLE_LOG__LEVEL", "debug", 1), 0);
  EXPECT_THAT(process_environment(), ElementsAre(Pair("AISLE_LOG__LEVEL", "debug")));
  ASSERT_EQ(unsetenv("AISLE_LOG__LEVEL"), 0);
}

TEST(Origins, SayWhereEachValueWasGiven) {
  const auto origins =
      combined({main_file("name = \"C\"\n[presence]\nsmoothing = { samples = 4 }\n[sync]\nport = 1\nhost = \"a\"\n"),
                {"d/1.toml", "\n[[zones]]\nid = \"coffee\"\nname = \"D\"\n[sync]\nport = 2\n"}},
               {{"AISLE_SYNC__HOST", "b"}})
          .origins;
  EXPECT_EQ(origins.at("store.id"), "t.toml:2");
  EXPECT_EQ(origins.at("zones.coffee.id"), "t.toml:6");
  EXPECT_EQ(origins.at("zones.coffee.receivers"), "t.toml:7");
  EXPECT_EQ(origins.at("zones.coffee.name"), "d/1.toml:4");
  EXPECT_EQ(origins.at("presence.smoothing_samples"), "t.toml:10");
  EXPECT_EQ(origins.at("sync.port"), "d/1.toml:6");
  EXPECT_EQ(origins.at("sync.host"), "environment variable AISLE_SYNC__HOST");
  EXPECT_EQ(origins.count("sync.tls"), 0U);
}

}  // namespace
}  // namespace aisle::config
