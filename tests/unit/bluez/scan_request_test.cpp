// What is asked of the D-Bus daemon and of bluetoothd for each purpose.
#include "ble/bluez/scan_request.hpp"

#include <gmock/gmock.h>

namespace aisle::bluez {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ScanRequest, ControlHasNoRuleThatADevicesSignalMatches) {
  for (const auto& rule : match_rules(Purpose::control, "")) {
    const bool of_an_adapter = rule.find("arg0='org.bluez.Adapter1'") != std::string::npos;
    const bool of_a_path =
        rule.find("arg0path='/org/bluez/hci") != std::string::npos && rule.find("/'") == std::string::npos;
    const bool of_the_owner = rule.find("member='NameOwnerChanged'") != std::string::npos;
    EXPECT_TRUE(of_an_adapter || of_a_path || of_the_owner) << rule;
  }
}

TEST(ScanRequest, ADistantConfiguredAdapterIsWatchedToo) {
  EXPECT_THAT(match_rules(Purpose::control, "hci77"), Contains(EndsWith("arg0path='/org/bluez/hci77'")));
  EXPECT_EQ(match_rules(Purpose::control, "hci3").size(), match_rules(Purpose::control, "").size());
  EXPECT_THAT(match_rules(Purpose::control, "x',sender='y"), Each(Not(HasSubstr("x'"))));
}

TEST(ScanRequest, ANamedAdapterBringsNoSignalOfAnothersDevices) {
  for (const auto& rule : match_rules(Purpose::adverts, "hci1")) {
    const bool of_the_owner = rule.find("member='NameOwnerChanged'") != std::string::npos;
    const bool of_ours = rule.ends_with(",path_namespace='/org/bluez/hci1'") ||
                         rule.ends_with(",arg0path='/org/bluez/hci1'") ||
                         rule.ends_with(",arg0path='/org/bluez/hci1/'");
    EXPECT_TRUE(of_the_owner || of_ours) << rule;
  }
  for (const char* any : {"", "AA:BB:CC:DD:EE:FF", "x',sender='y"}) {
    EXPECT_THAT(match_rules(Purpose::adverts, any), Contains(EndsWith("path_namespace='/org/bluez'"))) << any;
  }
}

TEST(ScanRequest, OnlyControlKeepsAdvertsFromBluetoothd) {
  EXPECT_EQ(discovery_filter(Purpose::adverts).count("RSSI"), 0U);
  EXPECT_EQ(std::get<std::int16_t>(discovery_filter(Purpose::control).at("RSSI")), 20);
  EXPECT_EQ(std::get<std::string>(discovery_filter(Purpose::control).at("Transport")), "le");
}

}  // namespace
}  // namespace aisle::bluez
