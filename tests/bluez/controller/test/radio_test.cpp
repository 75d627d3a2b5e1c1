// What the controller keeps from the host: repetitions, losses, what falls outside of the window; and scan responses.
#include <gtest/gtest.h>

#include "tests/bluez/controller/scan_duty.hpp"
#include "tests/bluez/controller/test/host.hpp"

namespace aisle::rig::test {
namespace {

Advertisement advert(std::uint8_t device, const std::string& payload, PduKind kind = PduKind::nonconn) {
  return {{{0xC0, 0, 0, 0, 0, device}, true}, kind, Dbm{-60}, hex(payload), std::nullopt, false};
}

TEST(DuplicateFilter, ByAddress) {
  Host host({.duplicate_filter = Duplicates::address});
  ASSERT_TRUE(host.controller().plug());
  host.scan(false, true);
  EXPECT_EQ(host.controller().advertise(advert(1, "0201")), Outcome::reported);
  EXPECT_EQ(host.controller().advertise(advert(1, "0202")), Outcome::filtered);
  EXPECT_EQ(host.controller().advertise(advert(2, "0201")), Outcome::reported);
  host.stop_scan();
  host.scan(false, true);  // begins anew
  EXPECT_EQ(host.controller().advertise(advert(1, "0201")), Outcome::reported);
  EXPECT_EQ(host.controller().state().filtered, 1U);
}

TEST(DuplicateFilter, ByAddressAndData) {
  Host host({.duplicate_filter = Duplicates::address_and_data});
  ASSERT_TRUE(host.controller().plug());
  host.scan(false, true);
  EXPECT_EQ(host.controller().advertise(advert(1, "0201")), Outcome::reported);
  EXPECT_EQ(host.controller().advertise(advert(1, "0201")), Outcome::filtered);
  EXPECT_EQ(host.controller().advertise(advert(1, "0202")), Outcome::reported);
}

TEST(DuplicateFilter, OnlyWhenTheHostWants) {
  Host host({.duplicate_filter = Duplicates::address});
  ASSERT_TRUE(host.controller().plug());
  host.scan(false, false);
  EXPECT_EQ(host.controller().advertise(advert(1, "0201")), Outcome::reported);
  EXPECT_EQ(host.controller().advertise(advert(1, "0201")), Outcome::reported);
}

TEST(AcceptList, KeepsOthersOut) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.command(0x2011, hex("01 01 00 00 00 00 c0"));
  host.command(0x200B, hex("00 1000 1000 00 01"));
  host.command(0x200C, hex("01 00"));
  EXPECT_EQ(host.controller().advertise(advert(1, "")), Outcome::reported);
  EXPECT_EQ(host.controller().advertise(advert(2, "")), Outcome::filtered);
}

TEST(ScanResponse, EmptyUnlessTheAdvertiserHasOne) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.scan(true);
  host.controller().advertise(advert(1, "020106", PduKind::ind));
  EXPECT_EQ(host.packet().substr(6, 6), "020100");
  EXPECT_EQ(host.packet(),
            "043e0c0201040101000000"
            "00c000c4");
  Advertisement named = advert(1, "020106", PduKind::scan);
  named.scan_response = hex("0309ffff");
  host.controller().advertise(named);
  EXPECT_EQ(host.packet().substr(6, 6), "020102");
  EXPECT_EQ(host.packet(),
            "043e100201040101000000"
            "00c0040309ffffc4");
  EXPECT_EQ(host.controller().state().scan_responses, 2U);
  EXPECT_EQ(host.controller().state().reported, 2U);
}

TEST(ScanResponse, NoneWithoutRequest) {
  Host passive;
  Host silent({.scan_responses = false});
  ASSERT_TRUE(passive.controller().plug());
  ASSERT_TRUE(silent.controller().plug());
  passive.scan(false);
  silent.scan(true);
  passive.controller().advertise(advert(1, "", PduKind::ind));
  silent.controller().advertise(advert(1, "", PduKind::ind));
  Host nonconn;
  ASSERT_TRUE(nonconn.controller().plug());
  nonconn.scan(true);
  nonconn.controller().advertise(advert(1, ""));
  EXPECT_EQ(passive.controller().state().scan_responses, 0U);
  EXPECT_EQ(silent.controller().state().scan_responses, 0U);
  EXPECT_EQ(nonconn.controller().state().scan_responses, 0U);
}

TEST(Loss, IsTheShareAskedForAndSeeded) {
  std::vector<std::uint64_t> lost;
  for (const std::uint64_t seed : {7U, 7U, 8U}) {
    Host host({.loss = 0.2, .seed = seed});
    ASSERT_TRUE(host.controller().plug());
    host.scan();
    std::uint64_t bits = 0;
    for (int i = 0; i < 500; ++i) {
      if (host.controller().advertise(advert(1, "")) == Outcome::lost) {
        bits = bits * 31 + static_cast<unsigned>(i);
      } else {
        host.packet();
      }
    }
    EXPECT_NEAR(static_cast<double>(host.controller().state().lost), 100, 40);
    lost.push_back(bits);
    host.controller().set_loss(1);
    EXPECT_EQ(host.controller().advertise(advert(1, "")), Outcome::lost);
  }
  EXPECT_EQ(lost[0], lost[1]);
  EXPECT_NE(lost[0], lost[2]);
}

// The share heard of adverts spread over half an hour at times that no interval divides.
double share_heard(Duration interval, Duration window) {
  int heard = 0;
  constexpr int kAdverts = 20'000;
  for (int i = 0; i < kAdverts; ++i) heard += scanner_hears(Duration{i * 104'729LL}, interval, window) ? 1 : 0;
  return static_cast<double>(heard) / kAdverts;
}

TEST(ScanDuty, IsWindowByInterval) {
  EXPECT_NEAR(share_heard(Duration{60'000}, Duration{60'000}), 1 - 1.376 / 180, 0.003);
  EXPECT_NEAR(share_heard(Duration{11'250}, Duration{11'250}), 1 - 1.376 / 33.75, 0.01);
  EXPECT_NEAR(share_heard(Duration{60'000}, Duration{30'000}), 0.5, 0.03);
  EXPECT_NEAR(share_heard(Duration{100'000}, Duration{10'000}), 0.1, 0.02);
}

TEST(ScanDuty, LosesAdvertsOutsideOfTheWindow) {
  Host host({.model_duty = true});
  ASSERT_TRUE(host.controller().plug());
  host.command(0x200B, hex("00 0040 0400 00 00"));  // 2.5 ms of every 10.24 s
  host.command(0x200C, hex("01 00"));
  EXPECT_EQ(
      host.controller().load({.devices = 5, .per_second = 500, .length = milliseconds{100}}).count(Outcome::lost) / 10,
      4U);
}

}  // namespace
}  // namespace aisle::rig::test
