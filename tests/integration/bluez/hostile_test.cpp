// What a broken or malicious sender may put on the bus: it is left out, and hearing goes on.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/integration/bluez/ear.hpp"

namespace aisle {
namespace {

using ::testing::ElementsAre;
using namespace fakes;

constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
constexpr const char* kManager = "org.freedesktop.DBus.ObjectManager";

TEST_F(BluezTest, PropertiesOfWrongTypesAreIgnored) {
  start_hearing();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-50)}, {"ManufacturerData", by_company({{0x4c, {1}}})}});
  bluez_->change_device("hci0", kPhone,
                        {{"RSSI", text("loud")},
                         {"ManufacturerData", octets({1, 2, 3})},
                         {"ServiceData", boolean(true)},
                         {"UUIDs", int16(7)},
                         {"AddressType", int16(1)}});
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-51)}, {"UUIDs", texts({"no uuid", ""})}});
  ASSERT_TRUE(ear_.wait_adverts(2));
  EXPECT_THAT(lines(ear_.adverts()),
              ElementsAre("4a:00:00:00:00:01 -50 04ff4c0001", "4a:00:00:00:00:01 -51 04ff4c0001"));
}

TEST_F(BluezTest, EntriesThatAreNoBytesAreLeftOut) {
  start_hearing();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-50)}, {"ManufacturerData", by_company_wrong()}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_EQ(line(ear_.adverts()[0]), "4a:00:00:00:00:01 -50 ");
}

TEST_F(BluezTest, StrengthsThatNoRadioReportsAreUnknown) {
  start_hearing();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-3000)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_FALSE(ear_.adverts()[0].rssi.known());
}

TEST_F(BluezTest, SignalsWithTheWrongSignatureAreLeftOut) {
  start_hearing();
  bluez_->send_malformed_signal(FakeBluez::device_path("hci0", kPhone), kProperties, "PropertiesChanged");
  bluez_->send_malformed_signal("/", kManager, "InterfacesAdded");
  bluez_->send_malformed_signal("/", kManager, "InterfacesRemoved");
  bluez_->change_device("hci0", "not_an_address", {{"RSSI", int16(-50)}});
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-52)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_THAT(lines(ear_.adverts()), ElementsAre("4a:00:00:00:00:01 -52 "));
}

TEST_F(BluezTest, SignalsOfAnotherInterfaceDoNotCount) {
  start_hearing();
  bluez_->send_lookalike(FakeBluez::device_path("hci0", kPhone), "org.example.Properties", {{"RSSI", int16(-1)}});
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-52)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_THAT(lines(ear_.adverts()), ElementsAre("4a:00:00:00:00:01 -52 "));
}

TEST_F(BluezTest, SignalsOfOthersDoNotCount) {
  start_hearing();
  {
    const auto path = FakeBluez::device_path("hci0", kPhone);
    BusThread impostor(bus_.address(), [](sd_bus_message*, sd_bus_error*) { return 0; });
    impostor.run([&] {
      // Addressed to us, so that the D-Bus daemon delivers it whatever our match rules are.
      const auto signal = impostor.new_signal(path.c_str(), kProperties, "PropertiesChanged");
      sd_bus_message_append(signal.get(), "s", "org.bluez.Device1");
      append_properties(signal.get(), {{"RSSI", int16(-1)}});
      sd_bus_message_append(signal.get(), "as", 0);
      sd_bus_message_set_destination(signal.get(), bluez_->client().c_str());
      impostor.send(signal);
    });
  }
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-52)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_THAT(lines(ear_.adverts()), ElementsAre("4a:00:00:00:00:01 -52 "));
}

TEST_F(BluezTest, HugeDataIsCutToWhatAnAdvertCanCarry) {
  start_hearing();
  std::map<std::uint16_t, Octets> companies;
  for (std::uint16_t id = 0; id < 2000; ++id) companies[id] = Octets(200, 0xaa);
  companies[3] = Octets(1'000'000, 0xbb);
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-50)}, {"ManufacturerData", by_company(companies)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  const auto advert = ear_.adverts()[0];
  EXPECT_EQ(advert.payload.view().size(), 8U * 204U) << "whole structures of 204 bytes within 1,650";
}

TEST_F(BluezTest, TwentyThousandDevicesStayWithinTheBound) {
  start_bluez();
  const auto address = [](int i) { return fmt::format("C0:00:00:00:{:02X}:{:02X}", i / 256, i % 256); };
  for (int i = 0; i < 10'000; ++i) bluez_->add_device("hci0", address(i), {{"RSSI", int16(-50)}}, false);
  listen({"", "", 5'000});
  ASSERT_TRUE(ear_.wait_up(true));
  for (int i = 10'000; i < 20'000; ++i) bluez_->change_device("hci0", address(i), {{"RSSI", int16(-50)}});
  ASSERT_TRUE(ear_.wait_adverts(10'000));
  ASSERT_TRUE(eventually([&] { return source_->counters().evicted == 15'000; }));
  EXPECT_EQ(source_->counters().devices, 5'000U);
  EXPECT_EQ(source_->counters().adverts, 10'000U);
}

}  // namespace
}  // namespace aisle
