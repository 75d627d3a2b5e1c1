#include <gtest/gtest.h>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

using testing::Builder;
using testing::kLegacyEvent;
using testing::read_all;

struct Form {
  bool big;
  bool nano;
};

Builder pcap_header(std::uint32_t link, Form form = {false, false}) {
  Builder b;
  b.number(form.nano ? 0xA1B23C4D : 0xA1B2C3D4, 4, form.big).number(2, 2, form.big).number(4, 2, form.big);
  b.number(0, 8, form.big).number(65535, 4, form.big).number(link, 4, form.big);
  return b;
}

void record(Builder& b, ByteSpan data, Form form = {false, false}) {
  b.number(1'740'000'000, 4, form.big).number(form.nano ? 123'456'789 : 123'456, 4, form.big);
  b.number(data.size(), 4, form.big).number(data.size(), 4, form.big).raw(data);
}

TEST(Pcap, BothByteOrdersAndBothUnits) {
  for (const Form form : {Form{false, false}, Form{true, false}, Form{false, true}, Form{true, true}}) {
    Builder b = pcap_header(187, form);
    record(b, Builder().hex("04").hex(kLegacyEvent).bytes(), form);
    const auto all = read_all(b.bytes());
    ASSERT_EQ(all.adverts.size(), 1U);
    EXPECT_EQ(all.adverts[0].at.wall.time_since_epoch().count(), 1'740'000'000'123'456);
    EXPECT_EQ(all.error, "");
  }
}

TEST(Pcap, AnEventIsReceivedWhateverTheDirectionSays) {
  Builder b = pcap_header(201);
  record(b, Builder().be(0, 4).hex("04").hex(kLegacyEvent).bytes());
  record(b, Builder().be(1, 4).hex("04").hex(kLegacyEvent).bytes());
  record(b, Builder().hex("0000").bytes());
  const auto all = read_all(b.bytes());
  EXPECT_EQ(all.adverts.size(), 2U);
}

TEST(Pcap, LinuxMonitorHeader) {
  Builder b = pcap_header(254);
  record(b, Builder().be(0, 2).be(3, 2).hex(kLegacyEvent).bytes());
  record(b, Builder().be(1, 2).be(2, 2).hex(kLegacyEvent).bytes());
  record(b, Builder().hex("00").bytes());
  const auto all = read_all(b.bytes());
  EXPECT_EQ(all.adverts.size(), 1U);
  EXPECT_EQ(all.stats.skipped, 1U);
}

TEST(Pcap, CutShort) {
  Builder b = pcap_header(187);
  record(b, Builder().hex("04").hex(kLegacyEvent).bytes());
  b.hex("00112233");
  const auto all = read_all(b.bytes());
  EXPECT_EQ(all.adverts.size(), 1U);
  EXPECT_TRUE(all.stats.truncated);
  EXPECT_EQ(all.error, "record 2: the file ends inside a record's header");
}

TEST(Pcap, NamesLinkTypesItCannotRead) {
  const std::string error = read_all(pcap_header(1).bytes()).error;
  EXPECT_NE(error.find("link type 1 ETHERNET"), std::string::npos);
  EXPECT_NE(error.find("187 BLUETOOTH_HCI_H4"), std::string::npos);
}

}  // namespace
}  // namespace aisle::recording
