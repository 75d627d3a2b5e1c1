#include "tests/sim/disk.hpp"

#include <gtest/gtest.h>

#include <set>

namespace aisle::sim {
namespace {

class DiskTest : public testing::Test {
 protected:
  // A file with "old" on the disk and `bytes` written over it, not synced.
  Disk::FilePtr with_unsynced(const std::string& bytes) {
    auto file = disk_.open("f");
    disk_.write(*file, 0, std::string(bytes.size(), 'o').data(), bytes.size());
    disk_.sync(*file, false);
    disk_.write(*file, 0, bytes.data(), bytes.size());
    return file;
  }
  std::string after_power_cut() {
    disk_.cut_power();
    disk_.revive();
    const auto file = disk_.open("f");
    return file->content;
  }
  void restart_with(std::uint64_t seed) { random_ = SeededRandom(seed); }

  ManualClock clock_;
  SeededRandom random_{1};
  Trace trace_{clock_, false};
  Disk disk_{random_, trace_, {}};
};

TEST_F(DiskTest, SyncedBytesSurviveEveryPowerCut) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    restart_with(seed);
    const auto file = with_unsynced(std::string(2000, 'n'));
    disk_.sync(*file, false);
    ASSERT_EQ(after_power_cut(), std::string(2000, 'n'));
  }
}

TEST_F(DiskTest, UnsyncedBytesAreLostKeptOrTornAtSectors) {
  std::set<std::string> kinds;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    restart_with(seed);
    with_unsynced(std::string(2048, 'n'));
    const std::string content = after_power_cut();
    ASSERT_EQ(content.size(), 2048U);
    std::string sectors;
    for (std::size_t at = 0; at < 2048; at += 512) {
      ASSERT_EQ(content.substr(at, 512), std::string(512, content[at])) << "a sector is whole";
      sectors.push_back(content[at]);
    }
    kinds.insert(sectors);
  }
  EXPECT_TRUE(kinds.contains("oooo"));
  EXPECT_TRUE(kinds.contains("nnnn"));
  EXPECT_TRUE(kinds.contains("onon")) << "a later write may survive an earlier one";
}

TEST_F(DiskTest, ACrashOfTheProcessLosesNothing) {
  with_unsynced("new");
  disk_.kill();
  disk_.revive();
  EXPECT_EQ(disk_.open("f")->content, "new");
}

TEST_F(DiskTest, ADeadProcessChangesNothing) {
  const auto file = with_unsynced("new");
  disk_.die_after(1);
  EXPECT_EQ(disk_.write(*file, 0, "one", 3), DiskResult::ok);
  EXPECT_EQ(disk_.write(*file, 0, "two", 3), DiskResult::failed);
  EXPECT_TRUE(disk_.dead());
  EXPECT_EQ(disk_.write(*file, 0, "six", 3), DiskResult::failed);
  EXPECT_EQ(file->content, "one");
}

TEST_F(DiskTest, FailsWhenToldAndAsOftenAsTold) {
  const auto file = with_unsynced("new");
  disk_.fail(DiskCall::write, 1, 2);
  std::vector<DiskResult> results;
  for (int i = 0; i < 4; ++i) results.push_back(disk_.write(*file, 0, "x", 1));
  EXPECT_EQ(results, (std::vector{DiskResult::ok, DiskResult::failed, DiskResult::failed, DiskResult::ok}));
}

TEST_F(DiskTest, AFullDiskTakesWhatNeedsNoRoom) {
  const auto file = with_unsynced("new");
  disk_.set_capacity(3);
  EXPECT_EQ(disk_.write(*file, 0, "abc", 3), DiskResult::ok);
  EXPECT_EQ(disk_.write(*file, 1, "abc", 3), DiskResult::full);
  EXPECT_EQ(file->content, "abc");
}

// As the kernel does: a later sync does not write what a failed one gave up.
TEST_F(DiskTest, WhatAFailedSyncGaveUpStaysInMemoryOnly) {
  bool lost = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    restart_with(seed);
    const auto file = with_unsynced(std::string(2048, 'n'));
    disk_.fail(DiskCall::sync, 0, 1);
    ASSERT_EQ(disk_.sync(*file, false), DiskResult::failed);
    ASSERT_EQ(file->content, std::string(2048, 'n'));
    ASSERT_EQ(disk_.sync(*file, false), DiskResult::ok);
    lost = lost || after_power_cut() != std::string(2048, 'n');
  }
  EXPECT_TRUE(lost);
}

}  // namespace
}  // namespace aisle::sim
