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
  EXPECT_EQ(json::parse(done.out), json({{"valid", true}}));
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

}  // namespace
}  // namespace aisle::e2e
