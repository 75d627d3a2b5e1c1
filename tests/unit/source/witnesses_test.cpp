// A radio that hears nothing, and another one of the gateway that does.
#include "ble/source/witnesses.hpp"

#include <gtest/gtest.h>

#include "ble/source/vitality.hpp"

namespace aisle {
namespace {

Address phone_nearby(std::uint8_t number) {
  return {{0x40, 0, 0, 0, 0, number}, true};
}

// The other radio.
class Other final : public Witnesses {
 public:
  void heard_since(SteadyTime since, std::vector<Testimony>& out) const override {
    devices.visit_since(since, [&](const RecentDevice& device) { out.push_back({device, radio, same_receiver}); });
  }
  RecentDevices devices;
  std::size_t radio = 0;
  bool same_receiver = false;
};

class WitnessesTest : public testing::Test {
 protected:
  struct Second {
    int here = 0;             // phones heard here, from number 1
    int there = 0;            // phones heard by the other
    std::int8_t level = -60;  // here
    std::int8_t level_there = -60;
    int first_there = 1;  // the number of the first one heard by the other
  };

  WitnessesTest() { vitality_.scanning(true, now_); }
  void run(int for_seconds, const Second& what) {
    for (int i = 0; i < for_seconds; ++i) {
      now_ += seconds(1);
      for (int p = 1; p <= what.here; ++p)
        vitality_.heard(phone_nearby(static_cast<std::uint8_t>(p)), now_, Dbm{what.level});
      for (int p = 0; p < what.there; ++p) {
        other_.devices.heard(phone_nearby(static_cast<std::uint8_t>(what.first_there + p)), Dbm{what.level_there},
                             now_);
      }
      consult(&other_, vitality_, now_);
      if (const auto remedy = check(); remedy != Remedy::none) remedies_.push_back(remedy);
    }
  }
  // A probe is carried out at once and proves nothing.
  Remedy check() {
    const auto remedy = vitality_.check(now_);
    if (remedy != Remedy::probe) return remedy;
    vitality_.scanning(false, now_);
    vitality_.scanning(true, now_);
    return Remedy::none;
  }
  Other other_;
  Vitality vitality_;
  SteadyTime now_{seconds(1000)};
  std::vector<Remedy> remedies_;
};

TEST_F(WitnessesTest, PhonesThatAnotherRadioStillHearsAreTheRadiosFault) {
  run(20, {3, 3});
  run(14, {0, 3});
  EXPECT_FALSE(vitality_.suspected());
  run(1, {0, 3});
  EXPECT_TRUE(vitality_.suspected());
  EXPECT_STREQ(vitality_.proof(), "another radio of this gateway hears devices that this one ought to hear");
  run(30, {0, 3});
  EXPECT_EQ(remedies_, (std::vector{Remedy::restart_scan, Remedy::power_cycle, Remedy::report}));
  run(1, {1, 3});
  EXPECT_FALSE(vitality_.suspected());
  EXPECT_EQ(vitality_.counters().recovered, 1U);
}

TEST_F(WitnessesTest, AStoreThatEmptiesForBothIsNotMute) {
  run(600, {5, 5});
  run(3600, {0, 0});
  EXPECT_TRUE(remedies_.empty());
}

TEST_F(WitnessesTest, TwoPhonesAreNoProof) {
  run(600, {2, 2});
  run(600, {0, 2});
  EXPECT_TRUE(remedies_.empty());
}

// Two of them speak up late, after the first probe.
TEST_F(WitnessesTest, AProbeDoesNotEndASilence) {
  run(20, {3, 3});
  run(22, {0, 1});
  EXPECT_EQ(vitality_.counters().probes, 1U);
  EXPECT_TRUE(remedies_.empty());
  run(3, {0, 3});
  EXPECT_EQ(remedies_, std::vector{Remedy::restart_scan});
}

TEST_F(WitnessesTest, ManyAdvertsOfOnePhoneFromManyRadiosAreOneWitness) {
  run(20, {1, 1});
  for (int i = 0; i < 30; ++i) {
    now_ += seconds(1);
    other_.devices.heard(phone_nearby(1), Dbm{-60}, now_);
    std::vector<Testimony> heard;
    for (int radio = 0; radio < 5; ++radio) other_.heard_since(now_ - seconds(15), heard);
    vitality_.consider(heard, now_);
    EXPECT_EQ(check(), Remedy::none);
  }
}

TEST_F(WitnessesTest, ThoseWhoWalkedOutOfReachWereWeakAtTheEnd) {
  run(20, {4, 4, -60});
  run(10, {4, 4, -88});
  run(600, {0, 4, 0, -75});
  EXPECT_TRUE(remedies_.empty()) << "they are near the other radio, at some distance of it";
}

TEST_F(WitnessesTest, PhonesNearARadioElsewhereProveNothing) {
  run(600, {3, 3, -60, -60, 100});  // each hears its own
  run(600, {0, 5, 0, -50, 100});
  EXPECT_TRUE(remedies_.empty());
}

TEST_F(WitnessesTest, NewPhonesNearARadioThatSharesItsSurroundingsAreProof) {
  run(120, {3, 3});
  run(3600, {0, 0});  // the store closes, and the radio goes mute unnoticed
  ASSERT_TRUE(remedies_.empty());
  run(2, {0, 3, 0, -60, 50});
  EXPECT_TRUE(remedies_.empty()) << "two adverts of each may be lost to anybody";
  run(1, {0, 3, 0, -60, 50});
  EXPECT_EQ(remedies_, (std::vector{Remedy::restart_scan}));
}

TEST_F(WitnessesTest, WhatOneRadioSharesSaysNothingOfAnother) {
  run(120, {3, 3});
  run(3600, {0, 0});
  other_.radio = 1;
  run(600, {0, 5, 0, -50, 50});
  EXPECT_TRUE(remedies_.empty());
}

TEST_F(WitnessesTest, BarelyHeardIsNotShared) {
  run(600, {3, 3, -85, -60});
  run(3600, {0, 0});
  run(600, {0, 5, 0, -60, 50});
  EXPECT_TRUE(remedies_.empty()) << "somebody who stands in between may hide all of them";
}

TEST_F(WitnessesTest, WeakNewPhonesAreNoProof) {
  run(120, {3, 3});
  run(3600, {0, 0});
  run(600, {0, 5, 0, -75, 50});
  EXPECT_TRUE(remedies_.empty());
}

TEST_F(WitnessesTest, RadiosOfTheSameReceiverStandAtTheSamePlace) {
  other_.same_receiver = true;
  run(14, {0, 3});
  EXPECT_TRUE(remedies_.empty());
  run(1, {0, 3});
  EXPECT_EQ(remedies_, (std::vector{Remedy::restart_scan})) << "it never heard anything since the start";
}

TEST_F(WitnessesTest, SilenceWithoutAScanIsNoSilence) {
  run(120, {3, 3});
  vitality_.scanning(false, now_);
  run(600, {0, 3});
  EXPECT_TRUE(remedies_.empty());
  vitality_.scanning(true, now_);
  run(14, {0, 3});
  EXPECT_TRUE(remedies_.empty());
  run(1, {0, 3});
  EXPECT_EQ(remedies_.size(), 1U);
}

TEST_F(WitnessesTest, NobodyToAskChangesNothing) {
  run(120, {3, 3});
  for (int i = 0; i < 600; ++i) {
    now_ += seconds(1);
    consult(nullptr, vitality_, now_);
    EXPECT_EQ(check(), Remedy::none);
  }
}

}  // namespace
}  // namespace aisle
