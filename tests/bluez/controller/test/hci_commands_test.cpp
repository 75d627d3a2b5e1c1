// Every command that Linux sends to an LE controller at power-on, and wrong ones.
#include <gtest/gtest.h>

#include <utility>

#include "tests/bluez/controller/test/host.hpp"

namespace aisle::rig::test {
namespace {

using Sent = std::pair<std::uint16_t, std::string>;

const std::vector<Sent> kPowerOn{{0x0C03, ""},
                                 {0x1003, ""},
                                 {0x1001, ""},
                                 {0x1009, ""},
                                 {0x1002, ""},
                                 {0x2003, ""},
                                 {0x2002, ""},
                                 {0x201C, ""},
                                 {0x0C01, "90088000 20000020"},
                                 {0x2001, "1f000000 00000000"},
                                 {0x2007, ""},
                                 {0x204B, ""},
                                 {0x200F, ""},
                                 {0x2010, ""},
                                 {0x202A, ""},
                                 {0x2029, ""},
                                 {0x202E, "8403"},
                                 {0x202F, ""},
                                 {0x2023, ""},
                                 {0x2024, "fb00 4808"},
                                 {0x2031, "00 03 03"},
                                 {0x2018, ""},
                                 {0x2005, "010203040506"}};

const std::vector<Sent> kExtended{
    {0x203B, ""}, {0x203A, ""}, {0x203D, ""}, {0x2041, "00 00 01 01 1000 1000"}, {0x2042, "00 00 0000 0000"}};

std::string status_of(const Bytes& returned) {
  return to_hex(ByteSpan(returned).first(std::min<std::size_t>(returned.size(), 1)));
}

TEST(Commands, PowerOnIsAnswered) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  for (const auto& [opcode, parameters] : kPowerOn) {
    EXPECT_EQ(status_of(host.command(opcode, hex(parameters))), "00") << fmt::format("{:04x}", opcode);
  }
  const auto state = host.controller().state();
  EXPECT_EQ(state.commands, kPowerOn.size());
  EXPECT_EQ(state.unknown_commands, 0U);
  EXPECT_EQ(state.resets, 1U);
  EXPECT_FALSE(state.scanning);
}

TEST(Commands, LegacyOnesOnlyWhereTheControllerHasThem) {
  Host modern({.extended = true, .legacy = false});
  ASSERT_TRUE(modern.controller().plug());
  for (const auto opcode : {0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x200B, 0x200C}) {
    EXPECT_EQ(status_of(modern.command(static_cast<std::uint16_t>(opcode), Bytes(32))), "01") << opcode;
  }
  for (const auto& [opcode, parameters] : kExtended) {
    EXPECT_EQ(status_of(modern.command(opcode, hex(parameters))), "00") << fmt::format("{:04x}", opcode);
  }
}

TEST(Commands, ExtendedOnesOnlyWhenExtended) {
  Host modern({.extended = true});
  Host legacy;
  ASSERT_TRUE(modern.controller().plug());
  ASSERT_TRUE(legacy.controller().plug());
  for (const auto& [opcode, parameters] : kExtended) {
    EXPECT_EQ(status_of(modern.command(opcode, hex(parameters))), "00") << fmt::format("{:04x}", opcode);
    EXPECT_EQ(status_of(legacy.command(opcode, hex(parameters))), "01") << fmt::format("{:04x}", opcode);
  }
  EXPECT_EQ(legacy.controller().state().unknown_commands, kExtended.size());
  EXPECT_EQ(legacy.controller().state().last_unknown.front(), 0x203B);
  EXPECT_EQ(modern.controller().state().unknown_commands, 0U);
}

TEST(Commands, TellWhatTheControllerIs) {
  Host legacy({.bdaddr = {{1, 2, 3, 4, 5, 6}, false}});
  Host modern({.extended = true});
  ASSERT_TRUE(legacy.controller().plug());
  ASSERT_TRUE(modern.controller().plug());
  EXPECT_EQ(to_hex(legacy.command(0x1009)), "00060504030201");
  EXPECT_EQ(to_hex(legacy.command(0x1003)), "000000000060000000");
  EXPECT_EQ(to_hex(legacy.command(0x2003)), "002001000000000000");
  EXPECT_EQ(to_hex(modern.command(0x2003)), "002011000000000000");
  const Bytes legacy_commands = legacy.command(0x1002);
  const Bytes modern_commands = modern.command(0x1002);
  ASSERT_EQ(legacy_commands.size(), 65U);
  ASSERT_EQ(modern_commands.size(), 65U);
  EXPECT_EQ(legacy_commands[1 + 26], std::byte{0xFF});  // advertising, scanning, connecting, accept list
  EXPECT_EQ(legacy_commands[1 + 37], std::byte{0x00});
  EXPECT_EQ(modern_commands[1 + 37], std::byte{0xE3});  // remove and clear sets, extended scanning and connecting
}

TEST(Commands, ThereAreNoConnections) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  EXPECT_EQ(to_hex(host.command(0x200D, Bytes(25))), "0c");
  EXPECT_EQ(to_hex(host.command(0x0406, hex("400013"))), "02");
}

TEST(Commands, WrongOnesAreRefused) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  EXPECT_EQ(to_hex(host.command(0xFC01, hex("0102"))), "01");
  EXPECT_EQ(to_hex(host.command(0x200B, hex("01"))), "12");                  // too short
  EXPECT_EQ(to_hex(host.command(0x200B, hex("01 1000 2000 00 00"))), "12");  // window longer than the interval
  host.send(hex("01 03 0c 05"));                                             // says five parameters, has none
  EXPECT_EQ(host.packet(), "040e0401030c12");
  host.send(hex("01 03"));
  host.send(hex("02 0000 00"));  // a data packet is passed over
  EXPECT_EQ(to_hex(host.command(0x0C03)), "00");
  EXPECT_EQ(host.controller().state().malformed_commands, 1U);
  EXPECT_EQ(host.controller().state().unknown_commands, 1U);
}

TEST(Commands, ScanningIsFollowed) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  EXPECT_EQ(to_hex(host.command(0x200B, hex("01 6000 3000 00 00"))), "00");
  EXPECT_EQ(to_hex(host.command(0x200C, hex("01 01"))), "00");
  auto state = host.controller().state();
  EXPECT_TRUE(state.scanning && state.active && state.filter_duplicates);
  EXPECT_EQ(state.scan_interval, Duration{60'000});
  EXPECT_EQ(state.scan_window, Duration{30'000});
  EXPECT_EQ(to_hex(host.command(0x200B, hex("01 6000 3000 00 00"))), "0c");  // not while scanning
  host.stop_scan();
  state = host.controller().state();
  EXPECT_FALSE(state.scanning);
  EXPECT_GT(state.scanning_time, Duration{0});
  EXPECT_EQ(host.controller().state().scanning_time, state.scanning_time);
  host.scan();
  EXPECT_EQ(host.controller().state().scan_starts, 2U);
  EXPECT_EQ(to_hex(host.command(0x0C03)), "00");
  EXPECT_FALSE(host.controller().state().scanning);
}

TEST(HciCommands, OneWithoutLowEnergyIsAClassicRadio) {
  Host classic({.low_energy = false});
  Host usual;
  ASSERT_TRUE(classic.controller().plug());
  ASSERT_TRUE(usual.controller().plug());
  EXPECT_EQ(to_hex(classic.command(0x1003)), "000000000000000000");
  EXPECT_EQ(to_hex(classic.command(0x0C23)), "00000000");
  EXPECT_EQ(to_hex(usual.command(0x1003)), "000000000060000000");
  EXPECT_EQ(to_hex(usual.command(0x0C23)), "01");  // unknown command
}

}  // namespace
}  // namespace aisle::rig::test
