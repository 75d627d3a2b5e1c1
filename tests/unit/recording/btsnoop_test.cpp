#include <gtest/gtest.h>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

using testing::Builder;
using testing::bytes_of;
using testing::kLegacyEvent;
using testing::read_all;

constexpr std::uint64_t kEpoch = 0x00DCDDB30F2F8000;
constexpr std::uint64_t kTime = 1'740'000'000'123'456;

Builder btsnoop_header(std::uint32_t datalink) {
  Builder b;
  b.hex("6274736e6f6f7000").be(1, 4).be(datalink, 4);
  return b;
}

void record(Builder& b, std::uint32_t flags, std::uint64_t unix_us, ByteSpan data) {
  b.be(data.size(), 4).be(data.size(), 4).be(flags, 4).be(0, 4).be(unix_us + kEpoch, 8).raw(data);
}

Bytes h4(std::string_view event) {
  return Builder().hex("04").hex(event).bytes();
}

TEST(Btsnoop, H4) {
  Builder b = btsnoop_header(1002);
  record(b, 2, kTime, bytes_of("01030c00"));  // a command
  record(b, 3, kTime, h4(kLegacyEvent));
  record(b, 1, kTime, bytes_of("0201200000"));  // data
  const auto all = read_all(b.bytes());
  ASSERT_EQ(all.adverts.size(), 1U);
  EXPECT_EQ(all.error, "");
  EXPECT_EQ(all.stats.records, 3U);
  EXPECT_EQ(all.stats.skipped, 0U);
  const Advert& advert = all.adverts[0];
  EXPECT_EQ(advert.at.wall.time_since_epoch().count(), 1'740'000'000'123'456);
  EXPECT_EQ(advert.at.mono.time_since_epoch().count(), 1'740'000'000'123'456);
  EXPECT_TRUE(advert.receiver.empty());
  EXPECT_EQ(advert.rssi.value, -61);
}

TEST(Btsnoop, AnEventIsReceivedWhateverItsFlagsSay) {
  Builder b = btsnoop_header(1002);
  record(b, 2, kTime, h4(kLegacyEvent));
  record(b, 0, kTime, h4(kLegacyEvent));
  EXPECT_EQ(read_all(b.bytes()).adverts.size(), 2U);
}

TEST(Btsnoop, H1GoesByItsFlags) {
  Builder b = btsnoop_header(1001);
  record(b, 3, kTime, bytes_of(kLegacyEvent));
  record(b, 1, kTime, bytes_of(kLegacyEvent));  // data
  record(b, 2, kTime, bytes_of(kLegacyEvent));  // a command
  EXPECT_EQ(read_all(b.bytes()).adverts.size(), 1U);
}

TEST(Btsnoop, LinuxMonitorGoesByItsOpcode) {
  Builder b = btsnoop_header(2001);
  record(b, 0x00010003, kTime, bytes_of(kLegacyEvent));
  record(b, 0x00000002, kTime, bytes_of(kLegacyEvent));
  record(b, 0x00000003, kTime, bytes_of(kLegacyEvent));
  EXPECT_EQ(read_all(b.bytes()).adverts.size(), 2U);
}

TEST(Btsnoop, StampsNeverGoBack) {
  Builder b = btsnoop_header(1002);
  record(b, 3, kTime, h4(kLegacyEvent));
  record(b, 3, kTime - 5, h4(kLegacyEvent));
  record(b, 3, kTime + 5, h4(kLegacyEvent));
  const auto all = read_all(b.bytes());
  ASSERT_EQ(all.adverts.size(), 3U);
  EXPECT_EQ(all.adverts[0].at.mono, all.adverts[1].at.mono);
  EXPECT_EQ(all.adverts[2].at.mono - all.adverts[1].at.mono, Duration{5});
  EXPECT_EQ(all.stats.out_of_order, 1U);
}

TEST(Btsnoop, CutShortYieldsWhatWasBefore) {
  Builder b = btsnoop_header(1002);
  record(b, 3, kTime, h4(kLegacyEvent));
  record(b, 3, kTime, h4(kLegacyEvent));
  Bytes cut = b.bytes();
  cut.resize(cut.size() - 1);
  auto all = read_all(cut);
  EXPECT_EQ(all.adverts.size(), 1U);
  EXPECT_EQ(all.error, "record 2: the file ends inside a record");
  EXPECT_TRUE(all.stats.truncated);
  cut.resize(cut.size() - 25);
  EXPECT_EQ(read_all(cut).error, "record 2: the file ends inside a record's header");
}

TEST(Btsnoop, BrokenRecordsAreCounted) {
  Builder b = btsnoop_header(1002);
  record(b, 3, kTime, bytes_of("043e0302ff00"));
  record(b, 3, kTime, {});
  record(b, 3, 0 - kEpoch, h4(kLegacyEvent));  // the year 0
  record(b, 3, kTime, h4(kLegacyEvent));
  const auto all = read_all(b.bytes());
  EXPECT_EQ(all.adverts.size(), 1U);
  EXPECT_EQ(all.stats.skipped, 3U);
  EXPECT_EQ(all.stats.first_problem.substr(0, 10), "record 1: ");
}

TEST(Btsnoop, HugeLengthIsAnEndAndNotAnAllocation) {
  Builder b = btsnoop_header(1002);
  b.be(0xFFFFFFFF, 4).be(0xFFFFFFFF, 4).be(3, 4).be(0, 4).be(kTime + kEpoch, 8).hex("04");
  EXPECT_EQ(read_all(b.bytes()).error, "record 1: the file ends inside a record");
}

TEST(Btsnoop, NamesWhatItDoesNotSupport) {
  EXPECT_NE(read_all(btsnoop_header(1003).bytes()).error.find("datalink 1003"), std::string::npos);
  EXPECT_NE(read_all(bytes_of("6274736e6f6f700000000002000003ea")).error.find("version 1 expected, not 2"),
            std::string::npos);
  EXPECT_NE(read_all(bytes_of("6274736e6f6f7000000000")).error.find("inside its header"), std::string::npos);
}

}  // namespace
}  // namespace aisle::recording
