// Everything that can go wrong with a controller.
#include <gtest/gtest.h>

#include "tests/bluez/controller/test/host.hpp"

namespace aisle::rig::test {
namespace {

Advertisement advert() {
  return {{{0xC0, 0, 0, 0, 0, 1}, true}, PduKind::nonconn, Dbm{-60}, hex("020106"), std::nullopt, false};
}

TEST(Faults, NothingIsHeardWithoutAScan) {
  Host host;
  EXPECT_EQ(host.controller().advertise(advert()), Outcome::unplugged);
  ASSERT_TRUE(host.controller().plug());
  EXPECT_EQ(host.controller().advertise(advert()), Outcome::not_scanning);
  EXPECT_EQ(host.controller().state().not_scanning, 1U);
}

TEST(Faults, UnplugAndReplug) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  EXPECT_FALSE(host.controller().plug());  // is plugged in
  host.scan();
  host.controller().unplug();
  EXPECT_TRUE(host.hung_up());
  EXPECT_FALSE(host.controller().state().plugged);
  EXPECT_EQ(host.controller().advertise(advert()), Outcome::unplugged);
  host.controller().unplug();
  ASSERT_TRUE(host.controller().plug());
  const auto state = host.controller().state();
  EXPECT_TRUE(state.plugged);
  EXPECT_FALSE(state.scanning);  // forgot all
  EXPECT_EQ(to_hex(host.command(0x0C03)), "00");
  host.scan();
  EXPECT_EQ(host.controller().advertise(advert()), Outcome::reported);
}

TEST(Faults, NoDevice) {
  VirtualController controller({}, [] { return HciPipe::open_vhci("/dev/no-such-device"); });
  const Status plugged = controller.plug();
  ASSERT_FALSE(plugged);
  EXPECT_EQ(plugged.error().message(), "open /dev/no-such-device: No such file or directory");
}

TEST(Faults, TheHostGoesAway) {
  auto host = std::make_unique<Host>();
  ASSERT_TRUE(host->controller().plug());
  host->scan();
  EXPECT_TRUE(host->controller().state().scanning);
  host->leave();
  while (host->controller().state().plugged) {
  }
  EXPECT_FALSE(host->controller().state().scanning);
}

TEST(Faults, MuteAnswersButDeliversNothing) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  host.controller().mute(true);
  EXPECT_EQ(host.controller().advertise(advert()), Outcome::muted);
  EXPECT_TRUE(host.controller().state().scanning);
  EXPECT_EQ(to_hex(host.command(0x2002)), "00fb0008");
  EXPECT_EQ(host.packet(milliseconds{0}), "");
  host.controller().mute(false);
  EXPECT_EQ(host.controller().advertise(advert()), Outcome::reported);
  EXPECT_EQ(host.controller().state().muted_adverts, 1U);
}

TEST(Faults, HangAnswersNothing) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.controller().hang(true);
  EXPECT_TRUE(host.command(0x0C03, {}, milliseconds{30}).empty());
  host.controller().hang(false);
  EXPECT_EQ(to_hex(host.command(0x0C03)), "00");
  EXPECT_EQ(host.controller().state().resets, 1U);
  EXPECT_EQ(host.controller().state().commands, 2U);
}

TEST(Faults, SlowCommands) {
  Host host({.command_delay = milliseconds{30}});
  ASSERT_TRUE(host.controller().plug());
  const SteadyTime before = host.controller().clock().steady();
  EXPECT_EQ(to_hex(host.command(0x0C03)), "00");
  EXPECT_GE(host.controller().clock().steady() - before, milliseconds{30});
  host.controller().set_command_delay(Duration{0});
  EXPECT_EQ(to_hex(host.command(0x0C03)), "00");
}

TEST(Faults, SlowAnswersDoNotOutliveThePlug) {
  Host host({.command_delay = milliseconds{20}});
  ASSERT_TRUE(host.controller().plug());
  host.send(hex("01 03 0c 00"));
  while (host.controller().state().commands == 0) {
  }
  host.controller().unplug();
  ASSERT_TRUE(host.controller().plug());
  EXPECT_EQ(to_hex(host.command(0x2002)), "00fb0008");  // set after the lost one, answered after it
  EXPECT_EQ(host.controller().state().resets, 0U);
}

TEST(Faults, RefusesWhatItIsToldTo) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  host.controller().refuse(0x200C, 0x03);
  EXPECT_EQ(to_hex(host.command(0x200C, hex("00 00"))), "03");
  EXPECT_TRUE(host.controller().state().scanning);
  host.controller().refuse(0x200C, 0);
  EXPECT_EQ(to_hex(host.command(0x200C, hex("00 00"))), "00");
  EXPECT_FALSE(host.controller().state().scanning);
}

TEST(Faults, ABrownOutForgetsTheScanSilently) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  host.controller().brown_out();
  EXPECT_EQ(host.controller().advertise(advert()), Outcome::not_scanning);
  EXPECT_EQ(host.packet(milliseconds{0}), "");
}

TEST(Faults, HardwareErrorAndRawPackets) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.controller().hardware_error(0x42);
  EXPECT_EQ(host.packet(), "04100142");
  host.controller().raw_event(hex("3e 05 02"));
  EXPECT_EQ(host.packet(), "043e0502");
  host.controller().raw_packet(hex("07 01"));
  EXPECT_EQ(host.packet(), "0701");
}

}  // namespace
}  // namespace aisle::rig::test
