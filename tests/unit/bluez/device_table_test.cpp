#include "ble/bluez/device_table.hpp"

#include <gtest/gtest.h>

namespace aisle::bluez {
namespace {

constexpr AddressBytes kFromPath{1, 2, 3, 4, 5, 6};

DeviceChange rssi(int dbm) {
  return device_change({{"RSSI", std::int64_t{dbm}}}, {});
}
DeviceChange company(std::uint16_t id) {
  return device_change({{"ManufacturerData", std::map<std::uint16_t, Bytes>{{id, Bytes{}}}}}, {});
}
std::string data(const std::optional<Heard>& heard) {
  return heard ? to_hex(heard->payload.view()) : "none";
}

TEST(DeviceTable, MergesWhatIsSaidBitByBit) {
  DeviceTable table(10);
  table.apply("/a", kFromPath, company(1));
  const auto heard = table.apply("/a", kFromPath, rssi(-60));
  EXPECT_EQ(data(heard), "03ff0100");
  EXPECT_EQ(heard->rssi.value, -60);
  EXPECT_EQ(heard->address.bytes, kFromPath);
  EXPECT_EQ(data(table.apply("/a", kFromPath, company(2))), "03ff0200");
}

TEST(DeviceTable, RemembersDataButNoStaleStrength) {
  DeviceTable table(10);
  auto known = company(1);
  known.rssi = Dbm{-40};
  table.remember("/a", kFromPath, known);
  const auto heard = table.apply("/a", kFromPath, device_change({{"UUIDs", std::vector<std::string>{}}}, {}));
  EXPECT_EQ(data(heard), "03ff0100");
  EXPECT_FALSE(heard->rssi.known());
}

TEST(DeviceTable, AWithdrawnStrengthIsNotUsedAgain) {
  DeviceTable table(10);
  table.apply("/a", kFromPath, rssi(-60));
  EXPECT_EQ(data(table.apply("/a", kFromPath, device_change({}, {"RSSI"}))), "none");
  EXPECT_FALSE(table.apply("/a", kFromPath, company(1))->rssi.known());
}

TEST(DeviceTable, TheStatedAddressBeatsThePath) {
  DeviceTable table(10);
  auto change = rssi(-60);
  change.address = AddressBytes{9, 9, 9, 9, 9, 9};
  change.random = false;
  table.apply("/a", kFromPath, change);
  const auto heard = table.apply("/a", kFromPath, rssi(-61));
  EXPECT_EQ(heard->address, (Address{{9, 9, 9, 9, 9, 9}, false}));
}

TEST(DeviceTable, ForgetsOnRequestAndTheLongestSilentWhenFull) {
  DeviceTable table(2);
  table.apply("/a", kFromPath, company(1));
  table.apply("/b", kFromPath, company(2));
  table.apply("/a", kFromPath, rssi(-60));
  table.apply("/c", kFromPath, company(3));
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.evicted(), 1U);
  EXPECT_EQ(data(table.apply("/a", kFromPath, rssi(-60))), "03ff0100");
  table.forget("/a");
  table.forget("/unknown");
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(data(table.apply("/a", kFromPath, rssi(-60))), "");
}

TEST(DeviceTable, APayloadIsNeverLongerThanAnAdvert) {
  std::map<std::string, Bytes> services;
  std::map<std::uint16_t, Bytes> companies;
  for (std::uint16_t i = 0; i < 100; ++i) companies[i] = Bytes(200);
  for (int i = 0; i < 10; ++i) services["0000000" + std::to_string(i) + "-0000-1000-8000-00805f9b34fb"] = Bytes(196);
  DeviceTable table(2);
  const auto heard =
      table.apply("/a", kFromPath, device_change({{"ServiceData", services}, {"ManufacturerData", companies}}, {}));
  EXPECT_EQ(heard->payload.view().size(), 8U * 200U) << "eight whole structures of service data";
}

}  // namespace
}  // namespace aisle::bluez
