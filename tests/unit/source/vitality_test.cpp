#include "ble/source/vitality.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace aisle {
namespace {

constexpr SteadyTime kBegin{seconds(1000)};

Address beacon(std::uint8_t number) {
  return {{0xC0, 0, 0, 0, 0, number}, true};
}
Address phone(std::uint8_t number) {
  return {{0x40, 0, 0, 0, 0, number}, true};
}

class VitalityTest : public testing::Test {
 protected:
  VitalityTest() { vitality_.scanning(true, now_); }
  // A second at a time, `beacons` fixed devices and `phones` each heard once a second.
  void run(int for_seconds, int beacons, int phones = 0) {
    for (int i = 0; i < for_seconds; ++i) {
      now_ += seconds(1);
      for (int b = 0; b < beacons; ++b) vitality_.heard(beacon(static_cast<std::uint8_t>(b)), now_);
      for (int p = 0; p < phones; ++p) vitality_.heard(phone(static_cast<std::uint8_t>(p)), now_);
      const auto remedy = vitality_.check(now_);
      if (remedy != Remedy::none && remedy != Remedy::probe) remedies_.push_back(remedy);
    }
  }
  Vitality vitality_;
  SteadyTime now_ = kBegin;
  std::vector<Remedy> remedies_;
};

TEST_F(VitalityTest, FixedDevicesThatFallSilentTogetherAreTheRadiosFault) {
  run(90, 3);
  run(14, 0);
  EXPECT_FALSE(vitality_.suspected());
  run(1, 0);
  EXPECT_TRUE(vitality_.suspected());
  run(40, 0);
  EXPECT_EQ(remedies_, (std::vector{Remedy::restart_scan, Remedy::power_cycle, Remedy::report}));
  EXPECT_TRUE(vitality_.reported());
}

TEST_F(VitalityTest, AnAdvertEndsTheSuspicion) {
  run(90, 3);
  run(16, 0);
  ASSERT_TRUE(vitality_.suspected());
  run(1, 1);
  EXPECT_FALSE(vitality_.suspected());
  EXPECT_EQ(vitality_.counters().recovered, 1U);
  EXPECT_EQ(vitality_.counters().restarts, 1U);
}

TEST_F(VitalityTest, AStoreThatEmptiesIsNotMute) {
  run(3600, 0, 20);
  run(3600, 0);
  EXPECT_TRUE(remedies_.empty());
}

TEST_F(VitalityTest, SilenceIsProbedAgainAndAgain) {
  run(19, 0);
  EXPECT_EQ(vitality_.counters().probes, 0U) << "nothing was ever heard, and that is no suspicion";
  run(1, 0);
  EXPECT_EQ(vitality_.counters().probes, 1U);
  run(40, 0);
  EXPECT_EQ(vitality_.counters().probes, 3U);
  run(60, 0, 1);
  EXPECT_EQ(vitality_.counters().probes, 3U);
  run(19, 0);
  vitality_.scanning(false, now_);
  run(60, 0);
  EXPECT_EQ(vitality_.counters().probes, 3U);
  vitality_.scanning(true, now_);
  run(20, 0);
  EXPECT_EQ(vitality_.counters().probes, 4U);
  EXPECT_FALSE(vitality_.suspected());
}

TEST_F(VitalityTest, SilenceMayBeProbedSooner) {
  vitality_.probe_after(Vitality::kProbePassive);
  run(9, 0);
  EXPECT_EQ(vitality_.counters().probes, 0U);
  run(11, 0);
  EXPECT_EQ(vitality_.counters().probes, 2U);
}

TEST_F(VitalityTest, AMuteRadioIsNotProbed) {
  run(90, 3);
  run(600, 0);
  EXPECT_EQ(vitality_.counters().probes, 0U);
}

TEST_F(VitalityTest, TwoBeaconsAreNoProof) {
  run(90, 2);
  run(600, 0);
  EXPECT_TRUE(remedies_.empty());
}

TEST_F(VitalityTest, BeaconsThatWentOneByOneAreNoProof) {
  run(90, 3);
  run(30, 2);
  run(30, 1);
  run(600, 0);
  EXPECT_TRUE(remedies_.empty());
}

TEST_F(VitalityTest, DevicesHeardForAShortTimeAreNotFixed) {
  run(50, 5);
  EXPECT_EQ(vitality_.fixed_devices(now_), 0U);
  run(600, 0);
  EXPECT_TRUE(remedies_.empty());
}

TEST_F(VitalityTest, SilenceWithoutAScanIsNoSilence) {
  run(90, 3);
  vitality_.scanning(false, now_);
  run(600, 0);
  EXPECT_TRUE(remedies_.empty());
  vitality_.scanning(true, now_);
  run(14, 0);
  EXPECT_TRUE(remedies_.empty());
  run(2, 0);
  EXPECT_EQ(remedies_.size(), 1U);
}

TEST_F(VitalityTest, AReportedRadioIsTriedAgainUntilTheDevicesAreTakenForRemoved) {
  run(90, 4);
  run(46 + 240, 0);
  EXPECT_EQ(vitality_.counters().power_cycles, 3U);
  run(1800, 0);
  EXPECT_FALSE(vitality_.suspected());
  const auto so_far = remedies_.size();
  run(3600, 0);
  EXPECT_EQ(remedies_.size(), so_far);
}

TEST_F(VitalityTest, AFloodOfAddressesDoesNotPushFixedDevicesOut) {
  run(90, 4);
  for (int i = 0; i < 100'000; ++i) {
    const auto n = static_cast<std::uint32_t>(i);
    vitality_.heard({{0xC1, 9, static_cast<std::uint8_t>(n >> 16U), static_cast<std::uint8_t>(n >> 8U), 7,
                      static_cast<std::uint8_t>(n)},
                     true},
                    now_);
  }
  EXPECT_EQ(vitality_.fixed_devices(now_), 4U);
}

}  // namespace
}  // namespace aisle
