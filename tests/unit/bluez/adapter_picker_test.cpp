#include "ble/bluez/adapter_picker.hpp"

#include <gtest/gtest.h>

namespace aisle::bluez {
namespace {

TEST(AdapterPicker, TheFirstByNumberThenTheOneInUse) {
  AdapterPicker picker("");
  EXPECT_EQ(picker.pick(""), "");
  picker.update("/org/bluez/hci10", {});
  EXPECT_EQ(picker.pick(""), "/org/bluez/hci10");
  picker.update("/org/bluez/hci2", {});
  EXPECT_EQ(picker.pick(""), "/org/bluez/hci2");
  EXPECT_EQ(picker.pick("/org/bluez/hci10"), "/org/bluez/hci10");
  picker.remove("/org/bluez/hci10");
  EXPECT_EQ(picker.pick("/org/bluez/hci10"), "/org/bluez/hci2");
}

TEST(AdapterPicker, AConfiguredOneOrNone) {
  AdapterPicker picker("hci1");
  picker.update("/org/bluez/hci0", {});
  EXPECT_EQ(picker.pick(""), "");
  picker.update("/org/bluez/hci1", {});
  EXPECT_EQ(picker.pick(""), "/org/bluez/hci1");
}

TEST(AdapterPicker, AConfiguredAddressWhateverItsNumber) {
  AdapterPicker picker("AA:BB:CC:00:00:01");
  picker.update("/org/bluez/hci0", {{"Address", std::string("AA:BB:CC:00:00:02")}});
  EXPECT_EQ(picker.pick(""), "");
  picker.update("/org/bluez/hci1", {{"Address", std::string("AA:BB:CC:00:00:01")}, {"Powered", true}});
  EXPECT_EQ(picker.pick(""), "/org/bluez/hci1");
  picker.update("/org/bluez/hci1", {{"Powered", false}});
  EXPECT_EQ(picker.pick("/org/bluez/hci1"), "/org/bluez/hci1") << "a change does not mention the address";
  picker.remove("/org/bluez/hci1");
  EXPECT_EQ(picker.pick("/org/bluez/hci1"), "");
  picker.update("/org/bluez/hci5", {{"Address", std::string("AA:BB:CC:00:00:01")}});
  EXPECT_EQ(picker.pick(""), "/org/bluez/hci5");
}

TEST(AdapterPicker, KeepsStateAndIgnoresWrongTypes) {
  AdapterPicker picker("");
  picker.update("/a", {{"Powered", true}, {"Discovering", true}});
  picker.update("/a", {{"Powered", std::string("no")}, {"Discovering", false}});
  EXPECT_TRUE(picker.state("/a").powered);
  EXPECT_FALSE(picker.state("/a").discovering);
  EXPECT_FALSE(picker.state("/unknown").powered);
}

TEST(AdapterPicker, TheirNumberIsBounded) {
  AdapterPicker picker("");
  for (int i = 0; i < 1000; ++i) picker.update("/org/bluez/hci" + std::to_string(i), {});
  EXPECT_TRUE(picker.knows("/org/bluez/hci63"));
  EXPECT_FALSE(picker.knows("/org/bluez/hci64"));
}

}  // namespace
}  // namespace aisle::bluez
