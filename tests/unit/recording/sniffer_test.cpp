#include <gtest/gtest.h>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

using testing::Builder;
using testing::read_all;

// ADV_NONCONN_IND of c1:02:03:04:05:06 with 02 01 06, from the access address to the CRC.
constexpr std::string_view kPdu =
    "d6be898e"
    "4209"
    "0605040302c1"
    "020106"
    "aabbcc";

Bytes capture(std::uint32_t link, const std::vector<std::string>& packets) {
  Builder b;
  b.le(0xA1B2C3D4, 4).le(2, 2).le(4, 2).le(0, 8).le(65535, 4).le(link, 4);
  for (const std::string& packet : packets) {
    b.le(1'740'000'000, 4).le(0, 4).le(packet.size() / 2, 4).le(packet.size() / 2, 4).hex(packet);
  }
  return b.bytes();
}

TEST(Sniffer, BareLinkLayerHasNoRssi) {
  const auto all = read_all(capture(251, {std::string(kPdu)}));
  ASSERT_EQ(all.adverts.size(), 1U);
  EXPECT_EQ(all.adverts[0].address.bytes[0], 0xC1);
  EXPECT_TRUE(all.adverts[0].address.random);
  EXPECT_EQ(to_hex(all.adverts[0].payload.view()), "020106");
  EXPECT_FALSE(all.adverts[0].rssi.known());
}

TEST(Sniffer, RadioHeaderTellsRssiAndCrc) {
  const std::string pdu(kPdu);
  const auto all = read_all(capture(256, {"27c3"
                                          "0000"
                                          "d6be898e"
                                          "020c" +
                                              pdu,  // checked and right
                                          "27c4"
                                          "0000"
                                          "d6be898e"
                                          "0204" +
                                              pdu,  // checked and wrong
                                          "27c5"
                                          "0000"
                                          "d6be898e"
                                          "0200" +
                                              pdu}));  // not checked
  ASSERT_EQ(all.adverts.size(), 2U);
  EXPECT_EQ(all.adverts[0].rssi.value, -61);
  EXPECT_EQ(all.adverts[1].rssi.value, -59);
}

TEST(Sniffer, NordicHeader) {
  const std::string pdu(kPdu);
  const auto all = read_all(capture(272, {"0b2000"
                                          "02a6bf06"
                                          "0a0125510000a5230000" +
                                              pdu,
                                          "0b2000"
                                          "02a6bf06"
                                          "0a0025510000a5230000" +
                                              pdu}));
  ASSERT_EQ(all.adverts.size(), 1U);
  EXPECT_EQ(all.adverts[0].rssi.value, -81);
}

TEST(Sniffer, OtherPdusAndBrokenOnes) {
  const auto all = read_all(capture(251, {"d6be898e"
                                          "4503"
                                          "010203",  // CONNECT_IND
                                          "11111111"
                                          "4209"
                                          "010203",  // a connection
                                          "d6be898e"
                                          "4203"
                                          "010203"
                                          "aabbcc",  // shorter than an address
                                          "d6be898e"
                                          "42ff"
                                          "0605040302c1",  // says more than there is
                                          "d6be"}));
  EXPECT_TRUE(all.adverts.empty());
  EXPECT_EQ(all.stats.skipped, 3U);
}

}  // namespace
}  // namespace aisle::recording
