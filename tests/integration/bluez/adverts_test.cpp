// What BlueZ's signals become as adverts.
#include <gmock/gmock.h>

#include "tests/integration/bluez/ear.hpp"

namespace aisle {
namespace {

using ::testing::ElementsAre;
using namespace fakes;

constexpr const char* kOther = "4A:00:00:00:00:02";
// Interval 2642976 and 2642977 of the contract's vectors.
constexpr const char* kToken1 = "bf11eb53-8b9f-ddfe-1894-36c2104f324f";
constexpr const char* kToken2 = "16bbe057-f34c-e4f2-5ce0-ac9e104f324f";

TEST_F(BluezTest, ADeviceKnownBeforeIsNoAdvertUntilHeard) {
  start_bluez();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-40)}, {"UUIDs", texts({kToken1})}}, false);
  start_hearing();
  bluez_->add_device("hci0", kOther, {{"RSSI", int16(-70)}});
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-55)}});
  ASSERT_TRUE(ear_.wait_adverts(2));
  EXPECT_THAT(lines(ear_.adverts()),
              ElementsAre("4a:00:00:00:00:02 -70 ", "4a:00:00:00:00:01 -55 11074f324f10c2369418fedd9f8b53eb11bf"));
}

TEST_F(BluezTest, AStaleStrengthIsNotUsedForNewData) {
  start_bluez();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-40)}}, false);
  start_hearing();
  bluez_->change_device("hci0", kPhone, {{"ManufacturerData", by_company({{0x4c, {1, 2}}})}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_EQ(line(ear_.adverts()[0]), "4a:00:00:00:00:01 127 05ff4c000102");
}

TEST_F(BluezTest, ANewDeviceIsHeardWithItsStampAndAddress) {
  start_hearing();
  const Stamp before = clock_.stamp();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-61)}, {"UUIDs", texts({kToken1})}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  const Advert advert = ear_.adverts()[0];
  EXPECT_EQ(line(advert), "4a:00:00:00:00:01 -61 11074f324f10c2369418fedd9f8b53eb11bf");
  EXPECT_TRUE(advert.address.resolvable_private());
  EXPECT_TRUE(advert.receiver.empty());
  EXPECT_GE(advert.at.mono, before.mono);
  EXPECT_GE(advert.at.wall, before.wall);
  EXPECT_GE(advert.arrived, before.mono);
}

TEST_F(BluezTest, AStrengthAloneBringsTheWholePayloadAgain) {
  start_hearing();
  bluez_->add_device("hci0", kPhone,
                     {{"RSSI", int16(-61)},
                      {"ServiceData", by_uuid({{"0000feaa-0000-1000-8000-00805f9b34fb", {0x30, 0xf0}}})},
                      {"ManufacturerData", by_company({{0x4c, {1, 2}}})}});
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-63)}});
  ASSERT_TRUE(ear_.wait_adverts(2));
  EXPECT_EQ(line(ear_.adverts()[1]), "4a:00:00:00:00:01 -63 0516aafe30f005ff4c000102");
}

TEST_F(BluezTest, ChangedDataReplacesAndTakesTheLastStrength) {
  start_hearing();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-61)}, {"ManufacturerData", by_company({{0x4c, {1}}})}});
  bluez_->change_device("hci0", kPhone, {{"ManufacturerData", by_company({{0x59, {2}}})}});
  bluez_->change_device("hci0", kPhone, {}, {"RSSI"});
  bluez_->change_device("hci0", kPhone, {{"ManufacturerData", by_company({{0x59, {3}}})}});
  ASSERT_TRUE(ear_.wait_adverts(3));
  EXPECT_THAT(lines(ear_.adverts()), ElementsAre("4a:00:00:00:00:01 -61 04ff4c0001", "4a:00:00:00:00:01 -61 04ff590002",
                                                 "4a:00:00:00:00:01 127 04ff590003"));
}

TEST_F(BluezTest, AllAccumulatedTokensAreInTheAdvert) {
  start_hearing();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-61)}, {"UUIDs", texts({kToken1})}});
  bluez_->change_device("hci0", kPhone, {{"UUIDs", texts({kToken1, kToken2})}, {"RSSI", int16(-60)}});
  ASSERT_TRUE(ear_.wait_adverts(2));
  EXPECT_EQ(line(ear_.adverts()[1]),
            "4a:00:00:00:00:01 -60 21074f324f10c2369418fedd9f8b53eb11bf4f324f109eace05cf2e44cf357e0bb16");
}

TEST_F(BluezTest, ARemovedDeviceIsForgotten) {
  start_hearing();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-61)}, {"UUIDs", texts({kToken1})}});
  bluez_->remove_device("hci0", kPhone);
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-62)}});
  ASSERT_TRUE(ear_.wait_adverts(2));
  EXPECT_EQ(line(ear_.adverts()[1]), "4a:00:00:00:00:01 -62 ");
}

}  // namespace
}  // namespace aisle
