// Database, disk, configuration and daemon, broken.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/e2e/agent/shop.hpp"
#include "tests/e2e/doctor/checkup.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class DoctorOfState : public ::testing::Test {
 protected:
  void SetUp() override {
    shop.stock({3, 4, 60, 1});
    fs::create_directories(site.file("tmp"));
    setenv("TMPDIR", site.file("tmp").c_str(), 1);
  }
  void TearDown() override { unsetenv("TMPDIR"); }

  Shop shop;
  const Site& site = shop.site;
  const std::string database = site.state_dir() + "/aisle.db";
};

TEST_F(DoctorOfState, ASoundDatabaseIsOnlyRead) {
  const auto before = fakes::read_file(database);
  const auto found = checkup(site);
  EXPECT_EQ(found.state("database.integrity"), "ok") << found.checks.at("database.integrity");
  EXPECT_EQ(found.state("disk.speed"), "ok") << found.checks.at("disk.speed");
  found.expect_failure("daemon.running", "does not run", "aisled");
  EXPECT_EQ(fakes::read_file(database), before);
  EXPECT_TRUE(fs::is_empty(site.file("tmp")));
}

TEST_F(DoctorOfState, ADamagedDatabaseIsFoundAndLeftAsItIs) {
  {
    std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
    for (std::streamoff at = 4096; at < static_cast<std::streamoff>(fs::file_size(database)); at += 512) {
      file.seekp(at);
      file.write("damage!!", 8);
    }
  }
  const auto before = fakes::read_file(database);
  checkup(site).expect_failure("database.integrity", "corrupt", "outbox check");
  EXPECT_EQ(fakes::read_file(database), before);
  EXPECT_TRUE(fs::is_empty(site.file("tmp")));
  const auto bundle = site.ctl_here({"support-bundle", "--config", site.file("aisle.toml")});
  EXPECT_EQ(bundle.exit, 0) << bundle.err;  // for whoever is to look at it
}

TEST_F(DoctorOfState, WithABadConfigurationTheRestIsStillLookedAt) {
  site.write("aisle.toml", fakes::read_file(site.file("aisle.toml")) + "[privacy2]\n");
  const auto found = checkup(site);
  found.expect_failure("config.valid", "privacy2", "config check");
  EXPECT_EQ(found.state("broker.login"), "not_applicable");
  EXPECT_EQ(found.state("database.integrity"), "ok");
  EXPECT_EQ(found.state("memory.available"), "ok");
}

TEST_F(DoctorOfState, ADaemonThatHangsIsSaidAndDoesNotHoldItUp) {
  auto aisled = site.start_aisled();
  ASSERT_TRUE(site.wait_for_daemon().is_object()) << site.log();
  aisled.signal(SIGSTOP);
  const auto found = checkup(site);
  aisled.signal(SIGCONT);
  found.expect_failure("daemon.running", "", "");
  EXPECT_EQ(found.state("disk.space"), "ok");
}

TEST_F(DoctorOfState, PeopleGetLinesAndAWrongOptionItsExitCode) {
  const auto text = site.ctl_here({"doctor", "--config", site.file("aisle.toml")});
  EXPECT_EQ(text.exit, 1);
  EXPECT_THAT(text.out, HasSubstr("FAILURE  daemon.running"));
  EXPECT_THAT(text.out, HasSubstr("fix: "));
  EXPECT_EQ(site.ctl_here({"doctor", "--aspirin"}).exit, 2);
}

}  // namespace
}  // namespace aisle::e2e
