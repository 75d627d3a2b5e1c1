#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/site.hpp"

namespace aisle::e2e {
namespace {

TEST(CliConfig, AGoodOneIsValid) {
  const Site site;
  site.configure({});
  const auto done = Site::ctl({"config", "check", "--config", site.file("aisle.toml"), "--json"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(json::parse(done.out)["valid"], true);
  const auto shown = Site::ctl({"config", "show", "--config", site.file("aisle.toml"), "--json"});
  EXPECT_EQ(json::parse(shown.out)["store"]["id"], "s1");
}

// File, line, column, key and what is expected; neither program starts with it.
TEST(CliConfig, ABadOneIsNamedToTheColumn) {
  const Site site;
  const std::string path = site.write("bad.toml",
                                      "[store]\nid = \"s1\"\ngateway = \"g1\"\ntimezone = \"Europe/Madrid\"\n"
                                      "[[zones]]\nid = \"coffee\"\nreceivers = [\"g1\"]\nenter_rssi = \"loud\"\n");
  const auto done = Site::ctl({"config", "check", "--config", path});
  EXPECT_EQ(done.exit, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_EQ(done.err.rfind(path + ":8:", 0), 0U) << done.err;
  EXPECT_NE(done.err.find("enter_rssi"), std::string::npos) << done.err;

  const auto daemon = fakes::run({AISLED, "--config", path, "--state-dir", site.state_dir()});
  EXPECT_EQ(daemon.exit, 1);
  EXPECT_NE(daemon.err.find(path + ":8:"), std::string::npos) << daemon.err;
  EXPECT_FALSE(std::filesystem::exists(site.state_dir())) << "nothing starts half-configured";
}

TEST(CliConfig, AnUnknownKeyAndAMissingFileAreErrors) {
  const Site site;
  site.configure({});
  const std::string text = fakes::read_file(site.file("aisle.toml"));
  const std::string path = site.write("unknown.toml", text + "[presence]\nvisit_gap = 600\n");
  const auto unknown = Site::ctl({"config", "check", "--config", path});
  EXPECT_EQ(unknown.exit, 1);
  EXPECT_NE(unknown.err.find("visit_gap"), std::string::npos) << unknown.err;

  const auto missing = Site::ctl({"config", "check", "--config", site.file("none.toml")});
  EXPECT_EQ(missing.exit, 1);
  EXPECT_NE(missing.err.find("none.toml"), std::string::npos) << missing.err;
}

TEST(CliConfig, DropInsAndVariablesAreInForceAndTold) {
  const Site site;
  site.configure({});
  std::filesystem::create_directory(site.file("aisle.toml.d"));
  const std::string path = site.write("aisle.toml.d/10.toml", "[sync]\nport = 1884\n");
  const auto done = fakes::run({AISLECTL, "config", "show", "--origin", "--json", "--config", site.file("aisle.toml")},
                               {{"AISLE_SYNC__WINDOW", "7"}});
  ASSERT_EQ(done.exit, 0) << done.err;
  const auto shown = json::parse(done.out);
  EXPECT_EQ(shown["sync"]["port"], 1884);
  EXPECT_EQ(shown["sync"]["window"], 7);
  EXPECT_EQ(shown["origins"]["sync.port"], path + ":2");
  EXPECT_EQ(shown["origins"]["sync.window"], "environment variable AISLE_SYNC__WINDOW");
  EXPECT_EQ(shown["origins"]["sync.keepalive_s"], "default");
  EXPECT_EQ(shown["origins"]["store.id"], site.file("aisle.toml") + ":2");
}

TEST(CliConfig, SetWritesADropInAndGetReadsIt) {
  const Site site;
  site.configure({});
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "config");
    more.insert(more.end(), {"--config", site.file("aisle.toml")});
    return Site::ctl(more);
  };
  const std::string before = fakes::read_file(site.file("aisle.toml"));
  const auto set = run({"set", "outbox.max_rows", "5000", "--json"});
  ASSERT_EQ(set.exit, 0) << set.err;
  EXPECT_EQ(json::parse(set.out)["reload"], json::parse(R"(["outbox.max_rows"])"));
  const auto live = run({"set", "zones.coffee.enter_rssi", "-61"});
  EXPECT_NE(live.out.find("a reload suffices for zones"), std::string::npos) << live.out << live.err;
  const auto restart = run({"set", "zones.coffee.min_samples", "2"});
  EXPECT_NE(restart.out.find("must restart for zones"), std::string::npos) << restart.out << restart.err;
  EXPECT_EQ(run({"set", "sync.host", "[\"a\", \"b\"]"}).exit, 0);
  EXPECT_EQ(run({"get", "outbox.max_rows"}).out, "5000\n");
  EXPECT_EQ(run({"get", "zones.coffee.enter_rssi"}).out, "-61\n");
  EXPECT_EQ(run({"get", "store.id"}).out, "s1\n");
  EXPECT_EQ(run({"get", "sync.host", "--json"}).out, "[\"a:1\",\"b:1\"]\n");
  EXPECT_EQ(fakes::read_file(site.file("aisle.toml")), before);
  // No file beside is left, and another process reads what this one wrote.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(site.file("aisle.toml.d")), {}), 1);
}

TEST(CliConfig, UnsetBringsBackWhatWasBelow) {
  const Site site;
  site.configure({});
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "config");
    more.insert(more.end(), {"--config", site.file("aisle.toml")});
    return Site::ctl(more);
  };
  ASSERT_EQ(run({"set", "zones.coffee.enter_rssi", "-61"}).exit, 0);
  ASSERT_EQ(run({"set", "sync.port", "1884"}).exit, 0);
  const auto port = run({"unset", "sync.port"});
  EXPECT_EQ(port.exit, 0) << port.err;
  EXPECT_NE(port.out.find("sync.port is 1 now, from " + site.file("aisle.toml")), std::string::npos) << port.out;
  const auto zone = run({"unset", "zones.coffee.enter_rssi", "--json"});
  EXPECT_EQ(json::parse(zone.out)["origin"], nullptr) << zone.out << zone.err;
  EXPECT_EQ(run({"get", "zones.coffee.enter_rssi"}).out, "-68\n");
  EXPECT_FALSE(std::filesystem::exists(site.file("aisle.toml.d/90-local.toml"))) << "nothing is left in it";
  const auto again = run({"unset", "sync.port"});
  EXPECT_EQ(again.exit, 1);
  EXPECT_NE(again.err.find("sync.port is not set there"), std::string::npos) << again.err;
}

TEST(CliConfig, SetWritesNothingThatIsWrong) {
  const Site site;
  site.configure({});
  const auto wrong = Site::ctl({"config", "set", "sync.port", "70000", "--config", site.file("aisle.toml")});
  EXPECT_EQ(wrong.exit, 1);
  EXPECT_NE(wrong.err.find("90-local.toml"), std::string::npos) << wrong.err;
  EXPECT_NE(wrong.err.find("sync.port: an integer from 1 to 65535 expected, not 70000"), std::string::npos);
  const auto unknown = Site::ctl({"config", "set", "sync.prot", "1", "--config", site.file("aisle.toml")});
  EXPECT_NE(unknown.err.find("did you mean \"sync.port\"?"), std::string::npos) << unknown.err;
  EXPECT_FALSE(std::filesystem::exists(site.file("aisle.toml.d")));
}

TEST(CliConfig, TheSchemaIsThePublishedOne) {
  EXPECT_EQ(Site::ctl({"config", "schema"}).out, fakes::read_file(AISLE_TEST_DATA "/../../config/aisle.schema.json"));
}

}  // namespace
}  // namespace aisle::e2e
