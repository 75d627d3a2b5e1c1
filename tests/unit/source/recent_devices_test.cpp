#include "ble/source/recent_devices.hpp"

#include <gtest/gtest.h>

namespace aisle {
namespace {

Address device(std::uint32_t n) {
  return {{0x40, 0, 0, static_cast<std::uint8_t>(n >> 16U), static_cast<std::uint8_t>(n >> 8U),
           static_cast<std::uint8_t>(n)},
          true};
}

SteadyTime at(int second) {
  return SteadyTime{seconds(1000 + second)};
}

TEST(RecentDevices, KeepTheLastThreeAdvertsAndASmoothedLevel) {
  RecentDevices devices;
  EXPECT_EQ(devices.find(device(1)), nullptr);
  for (int i = 0; i < 4; ++i) devices.heard(device(1), Dbm{static_cast<std::int8_t>(i == 3 ? -80 : -60)}, at(i));
  devices.heard(device(1), Dbm{}, at(4));
  const auto* found = devices.find(device(1));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->newest(), at(4));
  EXPECT_EQ(found->third_newest(), at(2));
  EXPECT_EQ(found->level_dbm, -65) << "an unknown strength changes nothing";
}

TEST(RecentDevices, AFloodPushesNobodyOutWhoIsStillThere) {
  RecentDevices devices;
  devices.heard(device(1), Dbm{-60}, at(0));
  for (std::uint32_t n = 2; n < 100'000; ++n) devices.heard(device(n), Dbm{-60}, at(5));
  EXPECT_NE(devices.find(device(1)), nullptr);
  std::size_t held = 0;
  devices.visit_since(at(0), [&](const RecentDevice&) { ++held; });
  EXPECT_EQ(held, 256U);
  for (std::uint32_t n = 2; n < 100'000; ++n) devices.heard(device(n), Dbm{-60}, at(20));
  EXPECT_EQ(devices.find(device(1)), nullptr) << "it is long gone";
}

}  // namespace
}  // namespace aisle
