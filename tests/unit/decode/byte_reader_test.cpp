#include "ble/decode/byte_reader.hpp"

#include <gtest/gtest.h>

#include "tests/unit/decode/vectors.hpp"

namespace aisle::decode {
namespace {

TEST(ByteReader, ReadsEachWidthInItsOrder) {
  const Bytes bytes = test::hex("80fe0102030401020304aabb");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 0x80);
  EXPECT_EQ(reader.i8(), -2);
  EXPECT_EQ(reader.u16_be(), 0x0102);
  EXPECT_EQ(reader.u16_le(), 0x0403);
  EXPECT_EQ(reader.u32_be(), 0x01020304U);
  EXPECT_EQ(to_hex(reader.bytes<2>()), "aabb");
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.rest().empty());
}

TEST(ByteReader, PastTheEndGivesZerosForGood) {
  const Bytes bytes = test::hex("ffee");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u32_be(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_EQ(to_hex(reader.bytes<3>()), "000000");
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace aisle::decode
