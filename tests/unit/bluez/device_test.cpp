#include "ble/bluez/device.hpp"

#include <gtest/gtest.h>

namespace aisle::bluez {
namespace {

TEST(BluezDevice, ReadsWhatAnAdvertConsistsOf) {
  const auto change = device_change({{"RSSI", std::int64_t{-61}},
                                     {"Address", std::string("AA:BB:CC:DD:EE:0F")},
                                     {"AddressType", std::string("public")},
                                     {"UUIDs", Texts{"0000feaa-0000-1000-8000-00805f9b34fb", "x"}},
                                     {"ManufacturerData", CompanyData{{1, Bytes(2)}}}},
                                    {});
  EXPECT_TRUE(change.heard);
  EXPECT_EQ(change.rssi->value, -61);
  EXPECT_EQ(*change.address, (AddressBytes{0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0x0f}));
  EXPECT_EQ(change.random, false);
  EXPECT_EQ(to_hex(*change.uuids), "0303aafe");
  EXPECT_EQ(to_hex(*change.manufacturers), "05ff01000000");
  EXPECT_FALSE(change.services);
}

TEST(BluezDevice, ValuesOfOtherTypesSayNothing) {
  const auto change = device_change({{"RSSI", std::string("-61")},
                                     {"Address", std::int64_t{1}},
                                     {"AddressType", std::string("martian")},
                                     {"UUIDs", std::string("x")},
                                     {"ServiceData", CompanyData{}},
                                     {"ManufacturerData", Value{}}},
                                    {});
  EXPECT_FALSE(change.heard);
  EXPECT_FALSE(change.rssi || change.address || change.random || change.uuids || change.services ||
               change.manufacturers);
}

TEST(BluezDevice, WithdrawnIsNotHeard) {
  const auto change = device_change({}, {"RSSI", "ManufacturerData", "Alias"});
  EXPECT_FALSE(change.heard);
  EXPECT_FALSE(change.rssi->known());
  EXPECT_TRUE(change.manufacturers->empty());
  EXPECT_FALSE(change.uuids);
}

TEST(BluezDevice, OtherPropertiesAreNoAdvert) {
  EXPECT_FALSE(device_change({{"Connected", true}, {"Alias", std::string("x")}}, {}).heard);
}

TEST(BluezDevice, StrengthsOutsideAByteAreUnknown) {
  EXPECT_EQ(device_change({{"RSSI", std::int64_t{-300}}}, {}).rssi->value, 127);
  EXPECT_EQ(device_change({{"RSSI", std::int64_t{128}}}, {}).rssi->value, 127);
  EXPECT_EQ(device_change({{"RSSI", std::int64_t{20}}}, {}).rssi->value, 20);
}

TEST(BluezDevice, OnlyDevicesDirectlyBelowTheAdapter) {
  const AddressBytes address{1, 2, 3, 4, 5, 0xab};
  EXPECT_EQ(device_of("/org/bluez/hci0", "/org/bluez/hci0/dev_01_02_03_04_05_AB"), address);
  EXPECT_FALSE(device_of("/org/bluez/hci0", "/org/bluez/hci01/dev_01_02_03_04_05_AB"));
  EXPECT_FALSE(device_of("/org/bluez/hci0", "/org/bluez/hci0/dev_01_02_03_04_05_AB/service0001"));
  EXPECT_FALSE(device_of("/org/bluez/hci0", "/org/bluez/hci0"));
  EXPECT_FALSE(device_of("", "/dev_01_02_03_04_05_AB"));
}

TEST(BluezDevice, AddressesAreCheckedThroughout) {
  EXPECT_TRUE(parse_address("00:11:22:33:44:ff"));
  EXPECT_FALSE(parse_address("00:11:22:33:44:f"));
  EXPECT_FALSE(parse_address("00:11:22:33:44_ff"));
  EXPECT_FALSE(parse_address("00:11:22:33:44:fg"));
}

}  // namespace
}  // namespace aisle::bluez
