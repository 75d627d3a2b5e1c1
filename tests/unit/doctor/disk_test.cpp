#include "agent/doctor/disk.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tests/unit/doctor/judged.hpp"

namespace aisle::doctor {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr std::uint64_t kMiB = 1U << 20U;

DiskFacts whole() {
  DiskFacts facts;
  facts.directory = "/var/lib/aisle";
  facts.free_bytes = 4096 * kMiB;
  facts.counts_inodes = true;
  facts.free_inodes = 100'000;
  facts.outbox_may_add = 512 * kMiB;
  facts.device = "mmcblk0p2";
  facts.ext4_errors = 0;
  return facts;
}

TEST(DoctorDisk, RoomForALongOutageIsAsked) {
  auto facts = whole();
  EXPECT_EQ(state_of(judge_space(facts)), State::ok);
  facts.free_bytes = 300 * kMiB;
  EXPECT_EQ(state_of(judge_space(facts)), State::warning);
  facts.free_bytes = 10 * kMiB;
  EXPECT_EQ(state_of(judge_space(facts)), State::failure);
  facts = whole();
  facts.free_inodes = 3;
  EXPECT_EQ(state_of(judge_space(facts)), State::failure);
  facts.counts_inodes = false;
  EXPECT_EQ(state_of(judge_space(facts)), State::ok);
}

TEST(DoctorDisk, ErrorsAndWearAreTold) {
  auto facts = whole();
  EXPECT_EQ(state_of(judge_health(facts)), State::ok);
  facts.life_used = 9;
  EXPECT_EQ(state_of(judge_health(facts)), State::warning);
  facts.end_of_life = 3;
  EXPECT_EQ(state_of(judge_health(facts)), State::failure);
  facts = whole();
  facts.ext4_errors = 2;
  EXPECT_THAT(judge_health(facts).what, HasSubstr("2 file system errors"));
  EXPECT_EQ(state_of(judge_health(facts)), State::failure);
  facts.read_only = true;
  EXPECT_THAT(judge_health(facts).what, HasSubstr("read-only"));
}

TEST(DoctorDisk, ASlowCardIsAWarning) {
  SpeedFacts facts;
  facts.trouble = "no right";
  EXPECT_EQ(state_of(judge_speed(facts, "/s")), State::not_applicable);
  facts.syncs.assign(19, milliseconds(2));
  facts.syncs.emplace_back(milliseconds(300));
  EXPECT_EQ(state_of(judge_speed(facts, "/s")), State::ok);
  EXPECT_THAT(judge_speed(facts, "/s").what, HasSubstr("2.0 ms (p50), 300.0 ms (worst of 20)"));
  facts.syncs.emplace_back(milliseconds(1500));
  EXPECT_EQ(state_of(judge_speed(facts, "/s")), State::warning);
  facts.syncs.assign(3, milliseconds(150));
  EXPECT_EQ(state_of(judge_speed(facts, "/s")), State::warning);
}

// The state directory is real, what the kernel says of its disk is not.
TEST(DoctorDisk, AnEmmcIsFoundThroughItsPartition) {
  const FakeTree files;
  struct stat info {};
  ASSERT_EQ(stat(files.root().c_str(), &info), 0);
  const std::string card = "/sys/devices/mmc_host/mmc0/mmc0:0001";
  files.write(card + "/block/mmcblk0/mmcblk0p2/partition", "2\n");
  files.link(card + "/block/mmcblk0/device", "../..");
  files.write(card + "/life_time", "0x02 0x0b\n");
  files.write(card + "/pre_eol_info", "0x01\n");
  files.write("/sys/fs/ext4/mmcblk0p2/errors_count", "7\n");
  files.link("/sys/dev/block/" + std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev)),
             "../../devices/mmc_host/mmc0/mmc0:0001/block/mmcblk0/mmcblk0p2");
  const auto facts = gather_disk(files.tree(), files.root(), 512 * kMiB);
  EXPECT_EQ(facts.device, "mmcblk0p2");
  EXPECT_EQ(facts.ext4_errors, 7U);
  EXPECT_EQ(facts.life_used, 11);
  EXPECT_EQ(facts.end_of_life, 1);
  EXPECT_GT(facts.free_bytes, 0U);
}

TEST(DoctorDisk, ADirectoryThatIsNotThereIsSaid) {
  const auto facts = gather_disk(Tree(), "/nowhere", 1);
  EXPECT_EQ(state_of(judge_space(facts)), State::failure);
  EXPECT_EQ(state_of(judge_health(facts)), State::not_applicable);
  EXPECT_TRUE(gather_speed("/nowhere").syncs.empty());
}

TEST(DoctorDisk, TheSpeedIsMeasuredAndLeavesNothing) {
  const fakes::TempDir directory;
  EXPECT_FALSE(gather_speed(directory.path().string()).syncs.empty());
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace aisle::doctor
