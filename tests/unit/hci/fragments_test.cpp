// Extended advertising: long data in pieces, and pieces that never end.
#include <gtest/gtest.h>

#include "ble/hci/hci_reader.hpp"
#include "tests/unit/hci/packets.hpp"

namespace aisle::hci {
namespace {

using namespace testing;

struct HciFragmentsTest : ::testing::Test {
  Pair pair;
  Kept kept;
  SystemClock clock;
  HciReader reader{clock, kept};

  void take(const Bytes& packet) {
    ASSERT_TRUE(pair.send(packet));
    ASSERT_EQ(reader.read(pair.reader.get()).value(), 1U);
  }
};

TEST_F(HciFragmentsTest, AnExtendedReportIsAnAdvert) {
  take(extended_packet(0, 7, -70, hex("0201aa")));
  ASSERT_EQ(kept.adverts.size(), 1U);
  EXPECT_EQ(kept.adverts[0].rssi.value, -70);
  EXPECT_EQ(to_hex(kept.adverts[0].payload.view()), "0201aa");
}

TEST_F(HciFragmentsTest, TheLongestAdvertIsWhole) {
  // 1,650 bytes: seven pieces of 229, the most that an event holds, and one of 47.
  Bytes whole;
  for (unsigned piece = 0; piece < 7; ++piece) {
    const Bytes data(229, static_cast<std::byte>(piece));
    whole = whole + data;
    take(extended_packet(kMoreToCome, 7, -70, data));
    take(legacy_packet(200, -50, {}));  // others between its pieces wait for nothing
  }
  EXPECT_EQ(kept.adverts.size(), 7U);
  const Bytes last(47, std::byte{0x77});
  take(extended_packet(0, 7, -71, last));
  ASSERT_EQ(kept.adverts.size(), 8U);
  EXPECT_EQ(to_hex(kept.adverts[7].payload.view()), to_hex(whole + last));
  EXPECT_EQ(kept.adverts[7].payload.view().size(), kMaxAdvertData);
  EXPECT_EQ(kept.adverts[7].rssi.value, -71);
}

TEST_F(HciFragmentsTest, ChainsThatNeverEndAreBounded) {
  for (unsigned i = 0; i < 200; ++i) take(extended_packet(kMoreToCome, i, -70, Bytes(229)));
  EXPECT_EQ(kept.adverts.size(), 200U - HciReports::kMaxChains);
  EXPECT_EQ(reader.counters().unfinished, 200U - HciReports::kMaxChains);
  for (unsigned i = 0; i < 100; ++i) take(extended_packet(kMoreToCome, 199, -70, Bytes(229)));  // one grows for ever
  kept.adverts.clear();
  take(extended_packet(0, 199, -70, Bytes(229)));
  ASSERT_EQ(kept.adverts.size(), 1U);
  EXPECT_EQ(kept.adverts[0].payload.view().size(), kMaxAdvertData);
}

TEST_F(HciFragmentsTest, AnotherSocketDoesNotContinueTheOldOnesPieces) {
  take(extended_packet(kMoreToCome, 7, -70, hex("01")));
  reader.changed_socket();
  ASSERT_EQ(kept.adverts.size(), 1U);
  EXPECT_EQ(reader.counters().unfinished, 1U);
  take(extended_packet(0, 7, -70, hex("02")));
  ASSERT_EQ(kept.adverts.size(), 2U);
  EXPECT_EQ(to_hex(kept.adverts[1].payload.view()), "02");
}

}  // namespace
}  // namespace aisle::hci
