#include <gtest/gtest.h>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

using testing::Builder;
using testing::kLegacyEvent;
using testing::read_all;

// Appends one block; `big` is the section's byte order.
void block(Builder& b, std::uint32_t type, Bytes body, bool big = false) {
  while (body.size() % 4 != 0) body.push_back(std::byte{0});
  b.number(type, 4, big).number(body.size() + 12, 4, big).raw(body).number(body.size() + 12, 4, big);
}

void section(Builder& b, bool big = false) {
  block(b, 0x0A0D0D0A,
        Builder().number(0x1A2B3C4D, 4, big).number(1, 2, big).number(0, 2, big).number(~0ULL, 8, big).bytes(), big);
}

void interface(Builder& b, unsigned link, std::string_view options = "", bool big = false) {
  block(b, 1, Builder().number(link, 2, big).number(0, 2, big).number(0, 4, big).hex(options).bytes(), big);
}

void packet(Builder& b, std::uint32_t interface, std::uint64_t ticks, std::string_view options = "", bool big = false) {
  Bytes data = Builder().hex("04").hex(kLegacyEvent).bytes();
  const std::size_t length = data.size();
  while (data.size() % 4 != 0) data.push_back(std::byte{0});
  Builder body;
  body.number(interface, 4, big).number(ticks >> 32U, 4, big).number(ticks & 0xFFFFFFFFU, 4, big);
  body.number(length, 4, big).number(length, 4, big).raw(data).hex(options);
  block(b, 6, body.bytes(), big);
}

std::int64_t wall(const Advert& advert) {
  return advert.at.wall.time_since_epoch().count();
}

TEST(Pcapng, EnhancedPacketsInBothByteOrders) {
  for (const bool big : {false, true}) {
    Builder b;
    section(b, big);
    interface(b, 187, "", big);
    block(b, 5, testing::bytes_of("00112233"), big);  // statistics are passed over
    packet(b, 0, 1'740'000'000'123'456, "", big);
    const auto all = read_all(b.bytes());
    ASSERT_EQ(all.adverts.size(), 1U) << all.error;
    EXPECT_EQ(wall(all.adverts[0]), 1'740'000'000'123'456);
    EXPECT_EQ(all.error, "");
  }
}

TEST(Pcapng, TimeResolutionsAndOffset) {
  Builder b;
  section(b);
  interface(b, 187,
            "09000100"
            "09000000");  // 10^-9
  interface(b, 187,
            "09000100"
            "8a000000"
            "00000000");  // 2^-10
  interface(b, 187,
            "09000100"
            "00000000");  // seconds
  interface(b, 187,
            "0e000800"
            "00e8b66700000000");  // microseconds, offset 1,740,040,192 s
  interface(b, 187,
            "09000100"
            "ff000000");  // 2^-127: no time at all
  packet(b, 0, 1'740'000'000'123'456'789);
  packet(b, 1, (1'740'000'000ULL << 10U) + 512);
  packet(b, 2, 1'740'000'001);
  packet(b, 3, 7);
  packet(b, 4, 7);
  const auto all = read_all(b.bytes());
  ASSERT_EQ(all.adverts.size(), 4U) << all.error;
  EXPECT_EQ(wall(all.adverts[0]), 1'740'000'000'123'456);
  EXPECT_EQ(wall(all.adverts[1]), 1'740'000'000'500'000);
  EXPECT_EQ(wall(all.adverts[2]), 1'740'000'001'000'000);
  EXPECT_EQ(wall(all.adverts[3]), 0x67B6E800LL * 1'000'000 + 7);
  EXPECT_EQ(all.stats.skipped, 1U);
}

TEST(Pcapng, SimplePacketsHaveTheTimeBeforeThem) {
  Builder b;
  section(b);
  interface(b, 187);
  packet(b, 0, 1'740'000'000'000'000);
  const Bytes data = Builder().hex("04").hex(kLegacyEvent).bytes();
  block(b, 3, Builder().le(data.size(), 4).raw(data).bytes());
  const auto all = read_all(b.bytes());
  ASSERT_EQ(all.adverts.size(), 2U);
  EXPECT_EQ(wall(all.adverts[1]), 1'740'000'000'000'000);
}

TEST(Pcapng, PacketsOfOtherInterfacesArePassedOverAndDirectionsIgnored) {
  Builder b;
  section(b);
  interface(b, 1);
  interface(b, 187);
  packet(b, 0, 1'740'000'000'000'000);
  packet(b, 9, 1'740'000'000'000'000);
  packet(b, 1, 1'740'000'000'000'000,
         "02000400"
         "02000000");  // outbound
  packet(b, 1, 1'740'000'000'000'000,
         "02000400"
         "01000000");
  const auto all = read_all(b.bytes());
  EXPECT_EQ(all.adverts.size(), 2U);
  EXPECT_EQ(all.error, "");
}

TEST(Pcapng, ASecondSectionBeginsAnew) {
  Builder b;
  section(b);
  interface(b, 187);
  packet(b, 0, 1'740'000'000'000'000);
  section(b, true);
  packet(b, 0, 1'740'000'000'000'000, "", true);  // its interface is not described
  interface(b, 187, "", true);
  packet(b, 0, 1'740'000'001'000'000, "", true);
  EXPECT_EQ(read_all(b.bytes()).adverts.size(), 2U);
}

TEST(Pcapng, NamesLinkTypesItCannotRead) {
  Builder b;
  section(b);
  interface(b, 1);
  interface(b, 127);
  packet(b, 0, 0);
  const std::string error = read_all(b.bytes()).error;
  EXPECT_NE(error.find("1 ETHERNET, 127 IEEE802_11_RADIOTAP"), std::string::npos) << error;
  EXPECT_NE(error.find("254 BLUETOOTH_LINUX_MONITOR"), std::string::npos);
}

TEST(Pcapng, CutShortOrNonsense) {
  Builder b;
  section(b);
  interface(b, 187);
  packet(b, 0, 1'740'000'000'000'000);
  Bytes cut = b.bytes();
  cut.resize(cut.size() - 4);
  auto all = read_all(cut);
  EXPECT_TRUE(all.adverts.empty());
  EXPECT_EQ(all.error, "record 1: the file ends inside a block");
  b.le(6, 4).le(3, 4).le(0, 4);
  all = read_all(b.bytes());
  EXPECT_EQ(all.adverts.size(), 1U);
  EXPECT_NE(all.error.find("3 bytes long"), std::string::npos);
}

}  // namespace
}  // namespace aisle::recording
