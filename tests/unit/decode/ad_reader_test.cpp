#include "ble/decode/ad_reader.hpp"

#include <gtest/gtest.h>

#include "tests/unit/decode/vectors.hpp"

namespace aisle::decode {
namespace {

TEST(AdReader, WalksToTheEnd) {
  const Bytes payload = test::hex("02010601090316aafe");
  AdReader reader(payload);
  AdStructure ad;
  ASSERT_TRUE(reader.next(ad));
  EXPECT_EQ(ad.offset, 0U);
  EXPECT_EQ(ad.type, 0x01);
  EXPECT_EQ(to_hex(ad.data), "06");
  ASSERT_TRUE(reader.next(ad));
  EXPECT_EQ(ad.offset, 3U);
  EXPECT_EQ(ad.type, 0x09);
  EXPECT_TRUE(ad.data.empty());
  ASSERT_TRUE(reader.next(ad));
  EXPECT_EQ(ad.offset, 5U);
  EXPECT_EQ(to_hex(ad.data), "aafe");
  EXPECT_FALSE(reader.next(ad));
  EXPECT_FALSE(reader.overrun());
  EXPECT_EQ(reader.offset(), payload.size());
}

TEST(AdReader, StopsAtAZeroLength) {
  const Bytes payload = test::hex("02010600020a04");
  AdReader reader(payload);
  AdStructure ad;
  ASSERT_TRUE(reader.next(ad));
  EXPECT_FALSE(reader.next(ad));
  EXPECT_FALSE(reader.next(ad));
  EXPECT_FALSE(reader.overrun());
}

TEST(AdReader, StopsAtAnOverrunAndNamesItsPlace) {
  for (const char* tail : {"01", "0309aa", "ff"}) {
    const Bytes payload = test::hex(std::string("020106") + tail);
    AdReader reader(payload);
    AdStructure ad;
    ASSERT_TRUE(reader.next(ad)) << tail;
    EXPECT_FALSE(reader.next(ad)) << tail;
    EXPECT_TRUE(reader.overrun()) << tail;
    EXPECT_EQ(reader.offset(), 3U) << tail;
  }
}

TEST(AdReader, EmptyPayloadHasNothing) {
  AdReader reader({});
  AdStructure ad;
  EXPECT_FALSE(reader.next(ad));
  EXPECT_FALSE(reader.overrun());
}

}  // namespace
}  // namespace aisle::decode
