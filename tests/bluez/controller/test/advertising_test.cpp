// Our own advertising, and a second controller that hears it.
#include <gtest/gtest.h>

#include "tests/bluez/controller/ether.hpp"
#include "tests/bluez/controller/test/host.hpp"

namespace aisle::rig::test {
namespace {

const Address kOwn{{0xAA, 0, 0x53, 0x5E, 0, 0x01}, false};

// As Linux does it: parameters, data, enable.
void set_up_legacy(Host& host, const std::string& interval) {
  Bytes data = hex("03 020106");
  data.resize(32);
  host.command(0x2006, hex(interval + interval + "03 00 00 000000000000 07 00"));
  host.command(0x2008, data);
}

TEST(OwnAdvertising, LegacyIsRecorded) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  set_up_legacy(host, "a000");
  EXPECT_FALSE(host.controller().state().own.at(0).enabled);
  host.command(0x200A, hex("01"));
  const auto set = host.controller().state().own.at(0);
  EXPECT_TRUE(set.enabled);
  EXPECT_EQ(set.kind, PduKind::nonconn);
  EXPECT_EQ(set.address, kOwn);
  EXPECT_EQ(set.interval, Duration{100'000});
  EXPECT_EQ(to_hex(set.data), "020106");
}

TEST(OwnAdvertising, ExtendedSets) {
  Host host({.extended = true});
  ASSERT_TRUE(host.controller().plug());
  const Bytes parameters = hex("01 1000 a00000 a00000 07 01 00 000000000000 00 7f 01 00 01 00 00");
  EXPECT_EQ(to_hex(host.command(0x2037, hex("01 03 01 00"))), "42");  // no such set yet
  EXPECT_EQ(to_hex(host.command(0x2036, parameters)), "0000");
  EXPECT_EQ(to_hex(host.command(0x2035, hex("01 060504030201"))), "00");
  EXPECT_EQ(to_hex(host.command(0x2037, hex("01 01 01 02 0201"))), "00");  // first
  EXPECT_EQ(to_hex(host.command(0x2037, hex("01 02 01 01 06"))), "00");    // last
  EXPECT_EQ(to_hex(host.command(0x2039, hex("01 01 01 0000 00"))), "00");
  const auto set = host.controller().state().own.at(1);
  EXPECT_TRUE(set.enabled);
  EXPECT_EQ(set.address, (Address{{1, 2, 3, 4, 5, 6}, true}));
  EXPECT_EQ(to_hex(set.data), "020106");
  EXPECT_EQ(to_hex(host.command(0x203C, hex("01"))), "0c");  // not while enabled
  EXPECT_EQ(to_hex(host.command(0x2039, hex("00 00"))), "00");
  EXPECT_FALSE(host.controller().state().own.at(1).enabled);
  EXPECT_EQ(to_hex(host.command(0x203C, hex("01"))), "00");
  EXPECT_TRUE(host.controller().state().own.empty());
}

TEST(Ether, OneHearsTheOther) {
  Host beacon;
  Host listener({.bdaddr = {{0xAA, 0, 0x53, 0x5E, 0, 0x02}, false}});
  ASSERT_TRUE(beacon.controller().plug());
  ASSERT_TRUE(listener.controller().plug());
  beacon.scan();
  listener.scan();
  Ether ether;
  ether.join(beacon.controller(), Dbm{-40});
  ether.join(listener.controller(), Dbm{-70});
  set_up_legacy(beacon, "2000");
  beacon.command(0x200A, hex("01"));
  for (int i = 0; i < 2; ++i) {  // again and again
    const auto heard = listener.reports();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].address, kOwn);
    EXPECT_EQ(heard[0].rssi.value, -70);
    EXPECT_EQ(to_hex(heard[0].payload.view()), "020106");
  }
  EXPECT_EQ(beacon.controller().state().reported, 0U);  // nobody hears himself
}

}  // namespace
}  // namespace aisle::rig::test
