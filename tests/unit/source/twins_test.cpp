#include "ble/source/twins.hpp"

#include <gtest/gtest.h>

namespace aisle {
namespace {

using Verdict = Twins::Verdict;

constexpr SteadyTime kNow{seconds(1000)};

Advert advert_of(std::uint8_t device, std::int8_t rssi, Duration at = {}, std::uint8_t octet = 1) {
  Advert out{};
  out.at.mono = kNow + at;
  out.address = {{0x40, 0, 0, 0, 0, device}, true};
  out.rssi = Dbm{rssi};
  out.payload = Payload(std::array{std::byte{octet}});
  return out;
}

TEST(Twins, TheSameAdvertAtAnotherRadioIsKnown) {
  Twins twins;
  EXPECT_EQ(twins.heard(0, advert_of(1, -60)), Verdict::first);
  EXPECT_EQ(twins.heard(1, advert_of(1, -60, milliseconds(3))), Verdict::known);
  EXPECT_EQ(twins.heard(2, advert_of(1, -70, milliseconds(20))), Verdict::known);
}

TEST(Twins, TheLoudestCounts) {
  Twins twins;
  EXPECT_EQ(twins.heard(0, advert_of(1, -60)), Verdict::first);
  EXPECT_EQ(twins.heard(1, advert_of(1, -50)), Verdict::louder);
  EXPECT_EQ(twins.heard(2, advert_of(1, -55)), Verdict::known);
}

TEST(Twins, WhatOneRadioHearsTwiceAreTwoAdverts) {
  Twins twins;
  EXPECT_EQ(twins.heard(0, advert_of(1, -60)), Verdict::first);
  EXPECT_EQ(twins.heard(1, advert_of(1, -60)), Verdict::known);
  EXPECT_EQ(twins.heard(1, advert_of(1, -60, milliseconds(15))), Verdict::first);
  EXPECT_EQ(twins.heard(0, advert_of(1, -60, milliseconds(15))), Verdict::known);
}

TEST(Twins, LaterOrOtherwiseItIsAnother) {
  Twins twins;
  EXPECT_EQ(twins.heard(0, advert_of(1, -60)), Verdict::first);
  EXPECT_EQ(twins.heard(1, advert_of(1, -60, milliseconds(21))), Verdict::first);
  EXPECT_EQ(twins.heard(0, advert_of(2, -60, milliseconds(21))), Verdict::first);
  EXPECT_EQ(twins.heard(0, advert_of(1, -60, milliseconds(21), 2)), Verdict::first);
}

// The kernel's times of two radios are not in order.
TEST(Twins, TheSecondMayHaveBeenHeardBeforeTheFirst) {
  Twins twins;
  EXPECT_EQ(twins.heard(0, advert_of(1, -60, milliseconds(5))), Verdict::first);
  EXPECT_EQ(twins.heard(1, advert_of(1, -60)), Verdict::known);
}

TEST(Twins, AnAdvertOfUnknownStrengthIsNoSampleYet) {
  Twins twins;
  EXPECT_EQ(twins.heard(0, advert_of(1, 127)), Verdict::first);
  EXPECT_EQ(twins.heard(1, advert_of(1, -80)), Verdict::first);
  EXPECT_EQ(twins.heard(2, advert_of(1, 127)), Verdict::known);
}

TEST(Twins, ACrowdIsKeptApart) {
  Twins twins;
  int known = 0;
  for (std::uint8_t i = 0; i < 50; ++i) {
    EXPECT_EQ(twins.heard(0, advert_of(i, -60)), Verdict::first);
  }
  for (std::uint8_t i = 0; i < 50; ++i) known += twins.heard(1, advert_of(i, -60)) == Verdict::known ? 1 : 0;
  EXPECT_GE(known, 45) << "a few may share an entry";
}

}  // namespace
}  // namespace aisle
