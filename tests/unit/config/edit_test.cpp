#include "config/edit.hpp"

#include <gmock/gmock.h>

#include "config/sources.hpp"
#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string set(const std::string& text, const std::string& key, const std::string& value) {
  const auto done = with_key(text, "90.toml", key, value);
  EXPECT_TRUE(done) << done.error().message();
  return done.value_or("");
}

Config over(const std::string& drop_in) {
  const auto loaded = combine({{"t.toml", with("")}, {"90.toml", drop_in}}, {});
  EXPECT_TRUE(loaded) << loaded.error().message() << "\n" << drop_in;
  return loaded ? loaded->config : Config{};
}

TEST(SetKey, KeysAreAddedAndReplaced) {
  std::string text = set("# mine\n", "sync.port", "1884");
  text = set(text, "sync.port", "1885");
  text = set(text, "sync.host", "mq.example");
  text = set(text, "presence.smoothing.samples", "5");
  text = set(text, "zones.coffee.enter_rssi", "-60");
  text = set(text, "zones.coffee.dwell_s", "[1, 2]");
  text = set(text, "sync.username", "12\"3");
  const Config config = over(text);
  EXPECT_EQ(config.sync.port, 1885);
  EXPECT_EQ(config.sync.host, "mq.example");
  EXPECT_EQ(config.sync.username, "12\"3");
  EXPECT_EQ(config.presence.smoothing_samples, 5U);
  ASSERT_EQ(config.zones.size(), 1U);
  EXPECT_EQ(config.zones[0].enter_rssi, -60);
  EXPECT_EQ(config.zones[0].dwell.size(), 2U);
}

TEST(SetKey, UnknownKeysAreNamedWithTheNearest) {
  EXPECT_THAT(with_key("", "f", "sync.prot", "1").error().message(), HasSubstr("did you mean \"sync.port\"?"));
  EXPECT_THAT(with_key("", "f", "zones.coffee.enter_rsi", "1").error().message(),
              HasSubstr("did you mean \"zones.coffee.enter_rssi\"?"));
  EXPECT_THAT(with_key("", "f", "sync", "1").error().message(), HasSubstr("as \"sync.KEY\""));
  EXPECT_THAT(with_key("[a", "f", "sync.port", "1").error().message(), HasSubstr("f:1:3"));
}

TEST(UnsetKey, TakesTheKeyAndWhatHeldNothingElse) {
  std::string text = set("", "sync.port", "1884");
  text = set(text, "presence.smoothing.samples", "5");
  text = set(text, "zones.coffee.enter_rssi", "-60");
  text = set(text, "zones.coffee.exit_rssi", "-66");
  text = without_key(text, "f", "zones.coffee.enter_rssi").value();
  EXPECT_THAT(text, HasSubstr("exit_rssi"));
  text = without_key(text, "f", "zones.coffee.exit_rssi").value();
  EXPECT_THAT(text, Not(HasSubstr("zones")));
  text = without_key(text, "f", "presence.smoothing.samples").value();
  EXPECT_THAT(text, Not(HasSubstr("presence")));
  EXPECT_EQ(over(text).sync.port, 1884);
  EXPECT_EQ(without_key(text, "f", "sync.port").value(), "");
}

TEST(UnsetKey, WhatIsNotThereIsAnError) {
  EXPECT_EQ(without_key("[sync]\nport = 1\n", "f", "sync.host").error().message(), "f: sync.host is not set there");
  EXPECT_EQ(without_key("", "f", "zones.tea.name").error().message(), "f: zones.tea.name is not set there");
  EXPECT_THAT(without_key("", "f", "sync.prot").error().message(), HasSubstr("did you mean \"sync.port\"?"));
}

TEST(GetKey, GivesValuesSectionsAndZones) {
  const Config config = parsed(with("enter_rssi = -60\n[log]\nlevel = \"debug\"\n"));
  EXPECT_EQ(value_of(config, "sync.port").value(), "1883");
  EXPECT_EQ(value_of(config, "log").value(), R"({"level":"debug"})");
  EXPECT_EQ(value_of(config, "zones.coffee.exit_rssi").value(), "-68");
  EXPECT_THAT(value_of(config, "zones.coffee").value(), HasSubstr("\"min_samples\":3"));
  EXPECT_THAT(value_of(config, "sync.prot").error().message(), HasSubstr("did you mean \"sync.port\"?"));
  EXPECT_THAT(value_of(config, "zones.tea.name").error().message(), HasSubstr("no zone has this id"));
  EXPECT_THAT(value_of(config, "http.tokens").error().message(), HasSubstr("has no value of its own"));
}

TEST(ShowOrigins, StandBehindEachValue) {
  const auto loaded = combine({{"t.toml", with("")}, {"90.toml", "[sync]\nport = 2\n"}}, {});
  ASSERT_TRUE(loaded);
  const std::string toml = show_toml(*loaded);
  EXPECT_THAT(toml, HasSubstr("port = 2  # 90.toml:2\n"));
  EXPECT_THAT(toml, HasSubstr("id = \"coffee\"  # t.toml:6\n"));
  EXPECT_THAT(toml, HasSubstr("keepalive_s = 30  # default\n"));
  EXPECT_EQ(parsed(toml).sync, loaded->config.sync);
  EXPECT_THAT(show_json(*loaded), HasSubstr("\"sync.port\": \"90.toml:2\""));
}

}  // namespace
}  // namespace aisle::config
