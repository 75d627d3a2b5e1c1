#include "ble/bluez/device_table.hpp"

#include <gtest/gtest.h>

namespace aisle::bluez {
namespace {

constexpr AddressBytes kA{1, 2, 3, 4, 5, 6};
constexpr AddressBytes kB{1, 2, 3, 4, 5, 7};
constexpr AddressBytes kC{2, 2, 3, 4, 5, 6};

DeviceChange rssi(int dbm) {
  return device_change({{"RSSI", std::int64_t{dbm}}}, {});
}
DeviceChange company(std::uint16_t id) {
  return device_change({{"ManufacturerData", CompanyData{{id, {}}}}}, {});
}
std::string data(const std::optional<Heard>& heard) {
  return heard ? to_hex(heard->payload.view()) : "none";
}

TEST(DeviceTable, MergesWhatIsSaidBitByBit) {
  DeviceTable table(10);
  table.apply(kA, company(1));
  const auto heard = table.apply(kA, rssi(-60));
  EXPECT_EQ(data(heard), "03ff0100");
  EXPECT_EQ(heard->rssi.value, -60);
  EXPECT_EQ(heard->address.bytes, kA);
  EXPECT_EQ(data(table.apply(kA, company(2))), "03ff0200");
}

TEST(DeviceTable, RemembersDataButNoStaleStrength) {
  DeviceTable table(10);
  auto known = company(1);
  known.rssi = Dbm{-40};
  table.remember(kA, known);
  const auto heard = table.apply(kA, device_change({{"UUIDs", Texts{}}}, {}));
  EXPECT_EQ(data(heard), "03ff0100");
  EXPECT_FALSE(heard->rssi.known());
}

TEST(DeviceTable, AWithdrawnStrengthIsNotUsedAgain) {
  DeviceTable table(10);
  table.apply(kA, rssi(-60));
  EXPECT_EQ(data(table.apply(kA, device_change({}, {"RSSI"}))), "none");
  EXPECT_FALSE(table.apply(kA, company(1))->rssi.known());
}

TEST(DeviceTable, TheStatedAddressBeatsThePath) {
  DeviceTable table(10);
  auto change = rssi(-60);
  change.address = AddressBytes{9, 9, 9, 9, 9, 9};
  change.random = false;
  table.apply(kA, change);
  const auto heard = table.apply(kA, rssi(-61));
  EXPECT_EQ(heard->address, (Address{{9, 9, 9, 9, 9, 9}, false}));
}

TEST(DeviceTable, ForgetsOnRequestAndTheLongestSilentWhenFull) {
  DeviceTable table(2);
  table.apply(kA, company(1));
  table.apply(kB, company(2));
  table.apply(kA, rssi(-60));
  table.apply(kC, company(3));
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.evicted(), 1U);
  EXPECT_EQ(data(table.apply(kA, rssi(-60))), "03ff0100");
  table.forget(kA);
  table.forget(kB);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(data(table.apply(kA, rssi(-60))), "");
}

TEST(DeviceTable, APayloadIsNeverLongerThanAnAdvert) {
  const Bytes data(200);
  const CompanyData companies(100, {1, data});
  const ServiceData services(10, {"0000feaa-0000-1000-8000-00805f9b34fb", ByteSpan(data).first(196)});
  DeviceTable table(2);
  const auto heard = table.apply(kA, device_change({{"ServiceData", services}, {"ManufacturerData", companies}}, {}));
  EXPECT_EQ(heard->payload.view().size(), 8U * 200U) << "eight whole structures of service data";
}

}  // namespace
}  // namespace aisle::bluez
