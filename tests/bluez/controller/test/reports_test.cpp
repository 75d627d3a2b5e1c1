// The bytes of the reports, and what the product's own parser makes of them.
#include <gtest/gtest.h>

#include "tests/bluez/controller/test/host.hpp"

namespace aisle::rig::test {
namespace {

const Address kRandom{{0xC0, 0xDE, 0xAD, 0, 0, 1}, true};
const Address kPublic{{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}, false};

Advertisement advert(PduKind kind, Bytes payload = hex("020106")) {
  return {kRandom, kind, Dbm{-61}, std::move(payload), std::nullopt, false};
}

Bytes counting(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>(i % 251);
  return out;
}

void expect_heard(const std::vector<AdvReport>& heard, const Address& address, int rssi, const Bytes& payload) {
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].address, address);
  EXPECT_EQ(heard[0].rssi.value, rssi);
  EXPECT_EQ(to_hex(heard[0].payload.view()), to_hex(payload));
}

TEST(Reports, LegacyBytes) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  EXPECT_EQ(host.controller().advertise(advert(PduKind::ind)), Outcome::reported);
  EXPECT_EQ(host.packet(), "043e0f02010001010000addec003020106c3");
  host.controller().advertise(advert(PduKind::scan));
  EXPECT_EQ(host.packet(), "043e0f02010201010000addec003020106c3");
  host.controller().advertise({kPublic, PduKind::nonconn, Dbm{-61}, hex("020106"), std::nullopt, false});
  EXPECT_EQ(host.packet(), "043e0f0201030055443322110003020106c3");
}

TEST(Reports, ExtendedBytesOfLegacyAdverts) {
  Host host({.extended = true});
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  const std::string rest = "01010000addec00100ff7fc3" + std::string(18, '0') + "03020106";
  host.controller().advertise(advert(PduKind::ind));
  EXPECT_EQ(host.packet(), "043e1d0d011300" + rest);
  host.controller().advertise(advert(PduKind::scan));
  EXPECT_EQ(host.packet(), "043e1d0d011200" + rest);
  host.controller().advertise(advert(PduKind::nonconn));
  EXPECT_EQ(host.packet(), "043e1d0d011000" + rest);
}

TEST(Reports, TheProductReadsThem) {
  for (const bool extended : {false, true}) {
    Host host({.extended = extended});
    ASSERT_TRUE(host.controller().plug());
    host.scan();
    for (const std::size_t size : {0U, 3U, 31U}) {
      host.controller().advertise({kPublic, PduKind::nonconn, Dbm{-99}, counting(size), std::nullopt, false});
      expect_heard(host.reports(), kPublic, -99, counting(size));
    }
  }
}

TEST(Reports, LongExtendedAdvertsAreFragmented) {
  Host host({.extended = true});
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  host.controller().advertise(advert(PduKind::extended_nonconn, counting(1650)));
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(host.reports().empty()) << i;  // 7 x 229, more to come
  expect_heard(host.reports(), kRandom, -61, counting(1650));
  host.controller().advertise(advert(PduKind::extended_nonconn, counting(229)));
  expect_heard(host.reports(), kRandom, -61, counting(229));
}

TEST(Reports, DataStatus) {
  Host host({.extended = true});
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  Advertisement cut = advert(PduKind::extended_nonconn, counting(300));
  cut.truncated = true;
  host.controller().advertise(cut);
  EXPECT_EQ(host.packet().substr(0, 14), "043eff0d012000");  // 255 parameters, more to come
  EXPECT_EQ(host.packet().substr(0, 14), "043e610d014000");  // 71 bytes more, truncated
}

TEST(Reports, WhatTheRadioCannotHear) {
  Host legacy;
  Host modern({.extended = true});
  ASSERT_TRUE(legacy.controller().plug());
  ASSERT_TRUE(modern.controller().plug());
  legacy.scan();
  modern.scan();
  EXPECT_EQ(legacy.controller().advertise(advert(PduKind::extended_nonconn)), Outcome::impossible);
  EXPECT_EQ(modern.controller().advertise(advert(PduKind::nonconn, counting(32))), Outcome::impossible);
  EXPECT_EQ(modern.controller().advertise(advert(PduKind::extended_nonconn, counting(1651))), Outcome::impossible);
}

TEST(Reports, SeveralInOneEvent) {
  for (const bool extended : {false, true}) {
    Host host({.extended = extended, .reports_per_event = 3});
    ASSERT_TRUE(host.controller().plug());
    host.scan();
    for (int i = 0; i < 4; ++i) host.controller().advertise(advert(PduKind::nonconn, counting(10)));
    EXPECT_EQ(host.reports().size(), 3U);
    EXPECT_EQ(host.reports().size(), 1U);  // the last does not wait for ever
  }
}

}  // namespace
}  // namespace aisle::rig::test
