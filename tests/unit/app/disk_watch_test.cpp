#include "agent/app/disk_watch.hpp"

#include <gmock/gmock.h>

#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DiskWatchTest : public ::testing::Test {
 protected:
  // What it has logged when this is how things stand after so many seconds.
  std::vector<std::string> lines_at(int second, std::uint64_t commits, std::uint64_t failed) {
    store::StoreStats stats;
    stats.commits = commits;
    stats.failed_commits = failed;
    stats.last_error = "disk I/O error";
    watch.look(stats, SteadyTime{seconds{second}}, log);
    return log.recent().lines();
  }
  Log log;
  DiskWatch watch;
};

TEST_F(DiskWatchTest, ATroubleIsToldOnceAndWhenItIsOver) {
  EXPECT_TRUE(lines_at(1, 5, 0).empty());
  EXPECT_THAT(lines_at(2, 5, 1), ElementsAre(HasSubstr("disk I/O error")));
  EXPECT_EQ(lines_at(3, 5, 2).size(), 1U);
  EXPECT_EQ(lines_at(4, 6, 2).size(), 1U) << "one that was small enough";
  EXPECT_EQ(lines_at(10, 6, 4).size(), 1U);
  EXPECT_EQ(lines_at(40, 6, 4).size(), 1U) << "none has succeeded since";
  EXPECT_THAT(lines_at(41, 7, 4), ElementsAre(HasSubstr("disk I/O error"), HasSubstr("failed: 4")));
  EXPECT_EQ(lines_at(99, 9, 4).size(), 2U);
  EXPECT_EQ(lines_at(100, 9, 5).size(), 3U) << "another one";
}

class DiskTrouble : public AgentTest {};

TEST_F(DiskTrouble, AFullDiskIsLogged) {
  const auto said = [this](const char* text) {
    int count = 0;
    for (const auto& line : log.recent().lines()) {
      if (line.find(text) != std::string::npos) ++count;
    }
    return count;
  };
  log.set_level(LogLevel::warning);
  clock.set_wall(kGood);
  start();
  import_customers();
  free_bytes = 0;
  hear(1);
  run(seconds(60));
  EXPECT_EQ(said("the disk is almost full"), 1);
  EXPECT_TRUE(events("zone.entered").empty());
  EXPECT_EQ(said("written to the disk again"), 0);
  free_bytes.reset();
  run(seconds(60));
  EXPECT_EQ(events("zone.entered").size(), 1U);
  EXPECT_EQ(said("written to the disk again"), 1);
  EXPECT_EQ(said("the disk is almost full"), 1);
}

}  // namespace
}  // namespace aisle::app
