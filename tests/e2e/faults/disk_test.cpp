// The gateway's disk fails, fills up, goes read-only, and loses its power: in the rig's guest, on a real ext4 over a
// device that fails on demand. The broker and its subscriber are elsewhere and stay whole.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include "agent/base/random.hpp"
#include "tests/e2e/agent/ordeal.hpp"
#include "tests/e2e/faults/disk.hpp"

namespace aisle::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int rounds(int few, int many) {
  const char* wanted = std::getenv("AISLE_LONG");
  return wanted != nullptr && std::string(wanted) == "yes" ? many : few;
}

class DiskFault : public testing::Test {
 protected:
  void prepare(int megabytes) {
    disk_ = std::make_unique<Disk>(ordeal_.shop.site.state_dir(), megabytes);
    ASSERT_EQ(disk_->trouble(), "");
    ASSERT_EQ(ordeal_.prepare({}), "");
  }
  void TearDown() override {
    if (HasFailure()) std::fputs(ordeal_.shop.site.log().c_str(), stderr);
  }
  // All that was committed has come, once each, unaltered, and nothing else; the number of events.
  void verdict(std::size_t at_least) const {
    ASSERT_EQ(ordeal_.clean_runs(), "");
    const auto ledger = ordeal_.ledger();
    EXPECT_EQ(ledger.problems(), std::vector<std::string>{});
    EXPECT_GT(ledger.events(), at_least);
  }
  // Whether a database was taken for corrupt.
  [[nodiscard]] bool set_aside() const {
    for (const auto& file : std::filesystem::directory_iterator(ordeal_.shop.site.state_dir()))
      if (file.path().string().find(".corrupt-") != std::string::npos) return true;
    return false;
  }
  // Whether `status` tells of failed commits, and of what.
  [[nodiscard]] bool says_of_the_disk(const std::string& word) const {
    const auto status = ordeal_.shop.site.status();
    return status.is_object() && status["database"]["failed_commits"] > 0 &&
           status["database"]["last_error"].get<std::string>().find(word) != std::string::npos;
  }
  fakes::Process start() {
    auto aisled = ordeal_.shop.site.start_aisled();
    EXPECT_TRUE(ordeal_.shop.site.wait_for_daemon().is_object()) << ordeal_.shop.site.log();
    return aisled;
  }

  Ordeal ordeal_;
  std::unique_ptr<Disk> disk_;
  SeededRandom random_{20262};
};

TEST_F(DiskFault, APowerCutLosesNothingThatWasToldAndCorruptsNothing) {
  prepare(32);
  for (int round = 0; round < rounds(8, 300); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    auto aisled = start();
    std::this_thread::sleep_for(milliseconds(random_.below(1500)));
    ASSERT_TRUE(disk_->fail()) << disk_->trouble();
    if (round % 2 == 1) std::this_thread::sleep_for(milliseconds(random_.below(300)));  // the disk dies before the rest
    aisled.kill_hard();
    ASSERT_TRUE(disk_->power_cycle()) << disk_->trouble();
  }
  verdict(2000);
  EXPECT_FALSE(set_aside());
}

TEST_F(DiskFault, AFullDiskCostsNothingWhenThereIsRoomAgain) {
  prepare(32);
  auto aisled = start();
  for (int round = 0; round < rounds(2, 100); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    disk_->fill();
    ASSERT_TRUE(fakes::eventually([&] { return says_of_the_disk("full"); })) << ordeal_.shop.site.status();
    std::this_thread::sleep_for(milliseconds(random_.below(1500)));
    disk_->empty();
    // Written and sent: what waited for room is held in memory only until then.
    ASSERT_TRUE(fakes::eventually([&] { return ordeal_.shop.site.outbox()["rows"] == 0; })) << ordeal_.shop.site.log();
    if (!aisled.running()) FAIL() << "it gave up";
    aisled.kill_hard();
    aisled = start();
  }
  aisled.kill_hard();
  verdict(1000);
  EXPECT_FALSE(set_aside());
}

// Nobody but the outbox takes room. Recordings wait while the disk takes nothing, so every event has its turn.
TEST_F(DiskFault, ADiskThatTheOutboxItselfHasFilledIsFreeAgainWhenTheBrokerIsBack) {
  prepare(8);
  for (int round = 0; round < rounds(1, 20); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    ordeal_.shop.broker.stop();
    auto aisled = start();
    for (int i = 0; i < 20 && !fakes::eventually([&] { return says_of_the_disk("full"); }, seconds(6)); ++i) {
      aisled.kill_hard();
      aisled = start();
    }
    ASSERT_TRUE(says_of_the_disk("full")) << ordeal_.shop.site.status();
    if (round % 2 == 1) {
      aisled.kill_hard();
      aisled = start();  // on the full disk
    }
    const std::uint64_t rows = ordeal_.shop.site.outbox()["rows"];
    EXPECT_GT(rows, 2000U);
    ASSERT_TRUE(ordeal_.shop.broker.start());
    ASSERT_TRUE(fakes::eventually([&] {
      const auto status = ordeal_.shop.site.status();
      return status.is_object() && status["events"]["pending"] == 0 && ordeal_.shop.site.outbox()["rows"] == 0;
    })) << ordeal_.shop.site.log();
    EXPECT_TRUE(aisled.running());
    aisled.kill_hard();
  }
  verdict(5000);
  EXPECT_FALSE(set_aside());
}

TEST_F(DiskFault, AKillWithAFullDiskLosesNothingThatWasTold) {
  prepare(32);
  for (int round = 0; round < rounds(2, 100); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    auto aisled = start();
    std::this_thread::sleep_for(milliseconds(random_.below(700)));
    disk_->fill();
    std::this_thread::sleep_for(milliseconds(random_.below(1500)));
    EXPECT_TRUE(aisled.running());
    aisled.kill_hard();
    aisled = start();  // it comes up on a full disk, too
    std::this_thread::sleep_for(milliseconds(300));
    aisled.kill_hard();
    disk_->empty();
  }
  verdict(1000);
  EXPECT_FALSE(set_aside());
}

TEST_F(DiskFault, ADiskThatGoesReadOnlyStopsNeitherTheGatewayNorItsTruth) {
  prepare(32);
  for (int round = 0; round < rounds(3, 100); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    auto aisled = start();
    std::this_thread::sleep_for(milliseconds(random_.below(1000)));
    ASSERT_TRUE(round % 2 == 0 ? disk_->go_read_only() : disk_->fail()) << disk_->trouble();
    EXPECT_TRUE(fakes::eventually([&] { return says_of_the_disk("disk"); })) << ordeal_.shop.site.status();
    std::this_thread::sleep_for(milliseconds(random_.below(1500)));
    EXPECT_TRUE(aisled.running()) << ordeal_.shop.site.log();
    aisled.kill_hard();
    ASSERT_TRUE(disk_->power_cycle()) << disk_->trouble();
  }
  verdict(1000);
  EXPECT_FALSE(set_aside());
}

}  // namespace
}  // namespace aisle::e2e
