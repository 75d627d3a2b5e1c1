// The kernel's time of a packet on our two clocks.
#include <gtest/gtest.h>

#include "ble/hci/packet_time.hpp"

namespace aisle::hci {
namespace {

constexpr Stamp kNow{SteadyTime{seconds(500)}, UnixTime{seconds(1'800'000'000)}};

TEST(PacketTime, WaitingIsTakenOffBothClocks) {
  PacketTime time;
  const Stamp at = time.stamp(kNow.wall - milliseconds(40), kNow);
  EXPECT_EQ(at.mono, kNow.mono - milliseconds(40));
  EXPECT_EQ(at.wall, kNow.wall - milliseconds(40));
}

TEST(PacketTime, WithoutAKernelTimeItIsNow) {
  PacketTime time;
  EXPECT_EQ(time.stamp(std::nullopt, kNow).mono, kNow.mono);
  EXPECT_EQ(time.stamp(std::nullopt, kNow).wall, kNow.wall);
}

TEST(PacketTime, AWallClockThatWasSetMeanwhileCountsAsNow) {
  PacketTime time;
  EXPECT_EQ(time.stamp(kNow.wall + seconds(1), kNow).mono, kNow.mono);  // set back
  PacketTime other;
  const Stamp at = other.stamp(kNow.wall - seconds(3600), kNow);  // set forward
  EXPECT_EQ(at.mono, kNow.mono);
  EXPECT_EQ(at.wall, kNow.wall);
}

TEST(PacketTime, NeverGoesBack) {
  PacketTime time;
  EXPECT_EQ(time.stamp(kNow.wall - milliseconds(10), kNow).mono, kNow.mono - milliseconds(10));
  const Stamp at = time.stamp(kNow.wall - milliseconds(30), kNow);
  EXPECT_EQ(at.mono, kNow.mono - milliseconds(10));
  EXPECT_EQ(at.wall, kNow.wall - milliseconds(10)) << "both clocks name the same moment";
}

}  // namespace
}  // namespace aisle::hci
