#include "ble/hci_reports/hci_reports.hpp"

#include <gtest/gtest.h>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

using testing::bytes_of;
using testing::extended_event;
using testing::extended_report;

std::string hex_of(const AdvReport& report) {
  return to_hex(report.payload.view());
}

TEST(HciReports, LegacyReport) {
  HciReports parser;
  std::vector<AdvReport> out;
  ASSERT_TRUE(parser.parse(bytes_of(testing::kLegacyEvent), out));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].address.bytes, (std::array<std::uint8_t, 6>{0xC1, 0x02, 0x03, 0x04, 0x05, 0x06}));
  EXPECT_TRUE(out[0].address.random);
  EXPECT_EQ(out[0].rssi.value, -61);
  EXPECT_EQ(hex_of(out[0]), "020106");
}

TEST(HciReports, SeveralLegacyReportsLieOneAfterAnother) {
  HciReports parser;
  std::vector<AdvReport> out;
  const auto event = bytes_of(
      "3e210203"
      "0000"
      "0102030405aa"
      "00"
      "d0"
      "0303"
      "0102030405ab"
      "01"
      "7f"
      "81"
      "0402"
      "0102030405ac"
      "00"
      "7f");
  ASSERT_TRUE(parser.parse(event, out));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_FALSE(out[0].address.random);
  EXPECT_EQ(out[0].address.bytes[0], 0xAA);
  EXPECT_EQ(out[0].rssi.value, -48);
  EXPECT_TRUE(out[1].address.random);  // a resolved random identity
  EXPECT_EQ(hex_of(out[1]), "7f");
  EXPECT_FALSE(out[1].rssi.known());
  EXPECT_FALSE(out[2].address.random);  // a resolved public identity
  EXPECT_EQ(parser.stats().reports, 3U);
}

TEST(HciReports, TruncatedEventDeliversWholeReportsAndIsMalformed) {
  HciReports parser;
  std::vector<AdvReport> out;
  auto event = bytes_of(
      "3e1a0202"
      "0000"
      "0102030405aa"
      "01"
      "55"
      "d0"
      "0000"
      "0102030405ab"
      "01"
      "66"
      "d1");
  event.resize(event.size() - 3);
  EXPECT_FALSE(parser.parse(event, out));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(hex_of(out[0]), "55");
  EXPECT_EQ(parser.stats().malformed, 1U);
}

TEST(HciReports, RefusesWhatCannotBe) {
  HciReports parser;
  std::vector<AdvReport> out;
  EXPECT_FALSE(parser.parse({}, out));
  EXPECT_FALSE(parser.parse(bytes_of("3e"), out));
  EXPECT_FALSE(parser.parse(bytes_of("3e00"), out));      // no subevent
  EXPECT_FALSE(parser.parse(bytes_of("3e0102"), out));    // no count
  EXPECT_FALSE(parser.parse(bytes_of("3e020200"), out));  // no report
  EXPECT_FALSE(parser.parse(bytes_of("3e020dff"), out));
  const auto too_long =
      "3e2c0201"
      "0000"
      "0102030405aa"
      "20" +
      std::string(64, '1') + "d0";
  EXPECT_FALSE(parser.parse(bytes_of(too_long), out));  // 32 bytes in a legacy report
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(parser.stats().malformed, 7U);
}

TEST(HciReports, OtherEventsSayNothing) {
  HciReports parser;
  std::vector<AdvReport> out;
  EXPECT_TRUE(parser.parse(bytes_of("0e0401030c00"), out));
  EXPECT_TRUE(parser.parse(bytes_of("3e0401000000"), out));
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(parser.stats().events, 0U);
}

TEST(HciReports, DirectedReportHasNoData) {
  HciReports parser;
  std::vector<AdvReport> out;
  ASSERT_TRUE(parser.parse(bytes_of("3e120b01"
                                    "01"
                                    "01"
                                    "0102030405c6"
                                    "01"
                                    "a1a2a3a4a5a6"
                                    "b0"),
                           out));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].address.bytes[0], 0xC6);
  EXPECT_EQ(out[0].rssi.value, -80);
  EXPECT_TRUE(out[0].payload.view().empty());
}

TEST(HciReports, ExtendedReportsOfOneEvent) {
  HciReports parser;
  std::vector<AdvReport> out;
  ASSERT_TRUE(parser.parse(extended_event({extended_report(0x13, "0201aa"), extended_report(0x00, "bb", 7)}), out));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(hex_of(out[0]), "0201aa");
  EXPECT_EQ(out[0].address.bytes[0], 0xC1);
  EXPECT_EQ(out[0].rssi.value, -61);
  EXPECT_EQ(out[1].address.bytes[5], 7);
}

TEST(HciReports, FragmentsBecomeOneAdvert) {
  HciReports parser;
  std::vector<AdvReport> out;
  ASSERT_TRUE(parser.parse(extended_event({extended_report(0x20, "0102")}), out));
  ASSERT_TRUE(parser.parse(extended_event({extended_report(0x20, "ee", 9)}), out));  // another device between
  ASSERT_TRUE(parser.parse(extended_event({extended_report(0x20, "03")}), out));
  EXPECT_TRUE(out.empty());
  ASSERT_TRUE(parser.parse(extended_event({extended_report(0x00, "04")}), out));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(hex_of(out[0]), "01020304");
  parser.flush(out);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(hex_of(out[1]), "ee");
  EXPECT_EQ(parser.stats().unfinished, 1U);
}

TEST(HciReports, TruncatedChainDeliversWhatThereIs) {
  HciReports parser;
  std::vector<AdvReport> out;
  ASSERT_TRUE(parser.parse(extended_event({extended_report(0x20, "0102"), extended_report(0x40, "03")}), out));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(hex_of(out[0]), "010203");
}

TEST(HciReports, SetsAndScanResponsesAreChainsOfTheirOwn) {
  HciReports parser;
  std::vector<AdvReport> out;
  ASSERT_TRUE(parser.parse(extended_event({extended_report(0x20, "01", 6, 1), extended_report(0x20, "02", 6, 2),
                                           extended_report(0x28, "03", 6, 1), extended_report(0x00, "a1", 6, 1),
                                           extended_report(0x00, "a2", 6, 2), extended_report(0x08, "a3", 6, 1)}),
                           out));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(hex_of(out[0]), "01a1");
  EXPECT_EQ(hex_of(out[1]), "02a2");
  EXPECT_EQ(hex_of(out[2]), "03a3");
}

TEST(HciReports, ChainsAndTheirDataAreBounded) {
  HciReports parser;
  std::vector<AdvReport> out;
  for (unsigned i = 0; i <= HciReports::kMaxChains; ++i)
    parser.parse(extended_event({extended_report(0x20, "55", static_cast<std::uint8_t>(i))}), out);
  ASSERT_EQ(out.size(), 1U);  // the oldest made room
  EXPECT_EQ(out[0].address.bytes[5], 0);
  out.clear();
  const std::string data(2 * 200, '7');
  for (int i = 0; i < 20; ++i) parser.parse(extended_event({extended_report(0x20, data, 200, 3)}), out);
  out.clear();
  parser.parse(extended_event({extended_report(0x00, data, 200, 3)}), out);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].payload.view().size(), kMaxAdvertData);
}

}  // namespace
}  // namespace aisle::recording
