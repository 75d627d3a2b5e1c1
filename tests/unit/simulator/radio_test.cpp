#include "ble/simulator/radio.hpp"

#include <gtest/gtest.h>

namespace aisle::simulator {
namespace {

std::int64_t squared(std::int64_t mm) {
  return mm * mm;
}

TEST(Radio, Log2) {
  EXPECT_EQ(log2_q16(1), 0);
  EXPECT_EQ(log2_q16(1024), 10 * 65536);
  EXPECT_EQ(log2_q16(std::uint64_t{1} << 63U), 63 * 65536);
  EXPECT_NEAR(static_cast<double>(log2_q16(1'000'000)) / 65536, 19.931569, 0.00003);
  EXPECT_NEAR(static_cast<double>(log2_q16(3)) / 65536, 1.584963, 0.00003);
}

TEST(Radio, MeanFallsWithDistance) {
  EXPECT_NEAR(static_cast<double>(mean_rssi(squared(1'000))), -52'000, 5);
  EXPECT_NEAR(static_cast<double>(mean_rssi(squared(2'000))), -61'632, 10);
  EXPECT_LT(mean_rssi(squared(8'000)), -80'000);
  EXPECT_EQ(mean_rssi(0), mean_rssi(squared(300)));
  for (std::int64_t mm = 300; mm < 60'000; mm += 100) EXPECT_GE(mean_rssi(squared(mm)), mean_rssi(squared(mm + 100)));
}

TEST(Radio, NothingBelowTheFloor) {
  SeededRandom random(1);
  Link link;
  int heard = 0;
  for (int i = 0; i < 200; ++i) heard += link.hear(random, {0, 0}, {90'000, 0}, 0, i * 1'000'000).has_value() ? 1 : 0;
  EXPECT_EQ(heard, 0);
}

TEST(Radio, BodiesOnlyWeaken) {
  SeededRandom bare(5);
  SeededRandom behind(5);
  Link a;
  Link b;
  for (int i = 0; i < 200; ++i) {
    const auto free = a.hear(bare, {i * 100, 0}, {0, 0}, 0, i * 250'000);
    const auto blocked = b.hear(behind, {i * 100, 0}, {0, 0}, 6'000, i * 250'000);
    if (blocked) {
      EXPECT_NEAR(*free - *blocked, 6, 1);
    }
  }
}

TEST(Radio, ShadowingStaysWhileNobodyMoves) {
  SeededRandom random(9);
  Link link;
  int low = 0;
  int high = -128;
  for (int i = 0; i < 30; ++i) {
    const auto rssi = link.hear(random, {1'000, 0}, {0, 0}, 0, i * 250'000);
    ASSERT_TRUE(rssi);
    low = std::min<int>(low, *rssi);
    high = std::max<int>(high, *rssi);
  }
  EXPECT_LE(high, -45);
  EXPECT_GE(low, -70);
  EXPECT_GT(high, low);
}

}  // namespace
}  // namespace aisle::simulator
