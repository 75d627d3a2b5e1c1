#include "tests/bench/air/uart.hpp"

#include <gtest/gtest.h>

namespace aisle::bench {
namespace {

TEST(Uart, TenBitsAByteOneAfterTheOther) {
  Uart uart(10'000, 1000);  // 1 ms a byte
  EXPECT_EQ(uart.send(Duration{0}, 5), Duration{5000});
  EXPECT_EQ(uart.send(Duration{1000}, 5), Duration{10'000});
  EXPECT_EQ(uart.send(Duration{50'000}, 5), Duration{55'000});
}

TEST(Uart, DropsWhatTheBufferHasNoRoomFor) {
  Uart uart(10'000, 10);
  EXPECT_TRUE(uart.send(Duration{0}, 5));
  EXPECT_TRUE(uart.send(Duration{0}, 5));
  EXPECT_FALSE(uart.send(Duration{0}, 1));
  EXPECT_EQ(uart.send(Duration{5000}, 5), Duration{15'000});
}

TEST(Uart, WithoutALimitTakesNoTime) {
  Uart uart(0, 0);
  EXPECT_EQ(uart.send(Duration{7}, 1'000'000), Duration{7});
}

}  // namespace
}  // namespace aisle::bench
