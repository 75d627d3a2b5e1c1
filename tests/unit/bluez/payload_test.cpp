#include "ble/bluez/payload.hpp"

#include <gtest/gtest.h>

namespace aisle::bluez {
namespace {

std::string uuid(int n) {
  return "00000000-0000-0000-0000-0000000000" + to_hex(Bytes{static_cast<std::byte>(n)});
}

TEST(BluezPayload, AFullUuidIsReversedToOnAirOrder) {
  EXPECT_EQ(to_hex(encode_uuids({"bf11eb53-8b9f-ddfe-1894-36c2104f324f"})), "11074f324f10c2369418fedd9f8b53eb11bf");
}

TEST(BluezPayload, UuidsOfTheBaseFormAreSaidShort) {
  EXPECT_EQ(to_hex(encode_uuids({"0000feaa-0000-1000-8000-00805f9b34fb", "0000fcd2-0000-1000-8000-00805F9B34FB"})),
            "0503aafed2fc");
  EXPECT_EQ(to_hex(encode_uuids({"12345678-0000-1000-8000-00805f9b34fb"})), "050578563412");
}

TEST(BluezPayload, SixteenUuidsTakeTwoStructures) {
  std::vector<std::string> uuids;
  for (int i = 0; i < 16; ++i) uuids.push_back(uuid(i));
  const Bytes out = encode_uuids(Texts(uuids.begin(), uuids.end()));
  ASSERT_EQ(out.size(), 2U + 240U + 2U + 16U);
  EXPECT_EQ(to_hex(ByteSpan(out).first(2)), "f107");
  EXPECT_EQ(to_hex(ByteSpan(out).subspan(242, 3)), "11070f");
}

TEST(BluezPayload, WhatIsNoUuidIsLeftOut) {
  EXPECT_TRUE(encode_uuids({"", "feaa", "zzzzzzzz-0000-1000-8000-00805f9b34fb"}).empty());
  EXPECT_TRUE(encode_services({{"feaa", Bytes(3)}}).empty());
}

TEST(BluezPayload, ServiceDataByTheWidthOfItsUuid) {
  const Bytes data{std::byte{0x30}};
  EXPECT_EQ(to_hex(encode_services({{"0000feaa-0000-1000-8000-00805f9b34fb", data}})), "0416aafe30");
  EXPECT_EQ(to_hex(encode_services({{"12345678-0000-1000-8000-00805f9b34fb", data}})), "06207856341230");
  EXPECT_EQ(to_hex(encode_services({{"bf11eb53-8b9f-ddfe-1894-36c2104f324f", data}})),
            "12214f324f10c2369418fedd9f8b53eb11bf30");
}

TEST(BluezPayload, ManufacturerDataWithItsCompanyLowByteFirst) {
  EXPECT_EQ(to_hex(encode_manufacturers({{0x004c, Bytes{std::byte{2}, std::byte{0x15}}}, {0x0118, Bytes{}}})),
            "05ff4c00021503ff1801");
}

TEST(BluezPayload, DataThatFitsNoStructureIsLeftOut) {
  EXPECT_EQ(encode_manufacturers({{1, Bytes(252)}}).size(), 256U);
  EXPECT_TRUE(encode_manufacturers({{1, Bytes(253)}}).empty());
}

TEST(BluezPayload, OnlyWholeStructuresAreAppended) {
  const Bytes parts = encode_manufacturers({{1, Bytes(10)}, {2, Bytes(10)}});
  Bytes out;
  append_structures(out, parts, 27);
  EXPECT_EQ(out.size(), 14U);
  append_structures(out, parts, 28);
  EXPECT_EQ(out.size(), 28U);
  Bytes cut = parts;
  cut.pop_back();
  Bytes other;
  append_structures(other, cut, 100);
  EXPECT_EQ(other.size(), 14U);
}

}  // namespace
}  // namespace aisle::bluez
