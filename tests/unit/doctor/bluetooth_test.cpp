#include "agent/doctor/bluetooth.hpp"

#include "tests/unit/doctor/judged.hpp"

namespace aisle::doctor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A gateway that hears.
BluetoothFacts sound() {
  BluetoothFacts facts;
  facts.names = {""};
  facts.daemon = Bluetoothd::answers;
  facts.version = "5.66";
  facts.installed = facts.policy_file = true;
  facts.adapters = {{"hci0", "AA:00:00:00:00:01", true, true, true, true, ""}};
  facts.ours = true;
  facts.state = "hearing";
  facts.mode = "active+monitor";
  facts.adverts = 1000;
  facts.newly = 7;
  return facts;
}

std::map<std::string, Finding> judge_radio(const BluetoothFacts& facts) {
  return judged(judge_bluetooth, facts);
}

TEST(DoctorBluetooth, AGatewayThatHearsIsAllRight) {
  for (const auto& [id, finding] : judge_radio(sound()))
    EXPECT_EQ(finding.state, State::ok) << id << ": " << finding.what;
}

TEST(DoctorBluetooth, WithoutARadioNothingApplies) {
  BluetoothFacts facts;
  facts.wanted = false;
  const auto found = judge_radio(facts);
  EXPECT_EQ(found.size(), 8U);
  for (const auto& [id, finding] : found) EXPECT_EQ(finding.state, State::not_applicable) << id;
}

TEST(DoctorBluetooth, BluetoothdThatIsNotThereIsInstalledOrStarted) {
  auto facts = sound();
  facts.ours = false;
  facts.daemon = Bluetoothd::absent;
  facts.trouble = "nobody owns it";
  EXPECT_THAT(judge_radio(facts)["bluetooth.daemon"].fix, HasSubstr("systemctl enable --now bluetooth"));
  facts.installed = false;
  EXPECT_THAT(judge_radio(facts)["bluetooth.daemon"].fix, HasSubstr("apt install bluez"));
  facts.daemon = Bluetoothd::silent;
  const auto found = judge_radio(facts);
  EXPECT_EQ(found.at("bluetooth.daemon").state, State::failure);
  EXPECT_THAT(found.at("bluetooth.daemon").fix, HasSubstr("restart bluetooth"));
  EXPECT_EQ(found.at("bluetooth.policy").state, State::not_applicable);
}

TEST(DoctorBluetooth, TheVersionIsReadFromTheModalias) {
  EXPECT_EQ(version_of("usb:v1D6Bp0246d0542"), "5.66");
  EXPECT_EQ(version_of("usb:v1D6Bp0246d0552"), "5.82");
  EXPECT_EQ(version_of("usb:v0A12p0001d0542"), "");  // a device id of somebody's own
  EXPECT_EQ(version_of(""), "");
  auto facts = sound();
  facts.version = "5.50";
  EXPECT_EQ(judge_radio(facts)["bluetooth.daemon"].state, State::warning);
  facts.version = "6.0";
  EXPECT_EQ(judge_radio(facts)["bluetooth.daemon"].state, State::ok);
}

TEST(DoctorBluetooth, ThePolicyIsWhatTheDaemonMeets) {
  auto facts = sound();
  facts.state = "not allowed";
  facts.detail = "denied";
  EXPECT_EQ(judge_radio(facts)["bluetooth.policy"].state, State::failure);
  facts = sound();
  facts.ours = false;
  facts.daemon = Bluetoothd::denied;
  EXPECT_EQ(judge_radio(facts)["bluetooth.policy"].state, State::not_applicable);  // this user is not the daemon's
  facts.policy_file = false;
  EXPECT_EQ(judge_radio(facts)["bluetooth.policy"].state, State::failure);
}

TEST(DoctorBluetooth, AnAdapterIsFoundByNameOrAddressAndNotTold) {
  auto facts = sound();
  facts.names = {"AA:00:00:00:00:01"};
  EXPECT_EQ(judge_radio(facts)["bluetooth.adapter"].state, State::ok);
  facts.names = {"hci0", "AA:00:00:00:00:02"};
  const auto missing = judge_radio(facts)["bluetooth.adapter"];
  EXPECT_EQ(missing.state, State::failure);
  EXPECT_THAT(missing.what + missing.why + missing.fix, Not(HasSubstr("AA:00")));
  facts.adapters.clear();
  EXPECT_THAT(judge_radio(facts)["bluetooth.adapter"].what, HasSubstr("no Bluetooth adapter"));
}

TEST(DoctorBluetooth, RfkillIsToldFromPower) {
  auto facts = sound();
  facts.state = "powered off";
  facts.adapters[0].powered = false;
  EXPECT_EQ(judge_radio(facts)["bluetooth.rfkill"].state, State::ok);
  EXPECT_THAT(judge_radio(facts)["bluetooth.power"].fix, HasSubstr("power on"));
  facts.adapters[0].blocked = "softly";
  const auto found = judge_radio(facts);
  EXPECT_EQ(found.at("bluetooth.rfkill").state, State::failure);
  EXPECT_EQ(found.at("bluetooth.rfkill").fix, "sudo rfkill unblock bluetooth");
  EXPECT_THAT(found.at("bluetooth.power").why, HasSubstr("rfkill"));
  EXPECT_EQ(found.at("bluetooth.scanning").state, State::failure);
}

TEST(DoctorBluetooth, SilenceIsNoProofButNothingEverIsAWarning) {
  auto facts = sound();
  facts.newly = 0;
  EXPECT_EQ(judge_radio(facts)["bluetooth.hearing"].state, State::ok);
  facts.adverts = 0;
  EXPECT_EQ(judge_radio(facts)["bluetooth.hearing"].state, State::warning);
  facts.state = "mute";
  EXPECT_EQ(judge_radio(facts)["bluetooth.hearing"].state, State::not_applicable);
  EXPECT_EQ(judge_radio(facts)["bluetooth.scanning"].state, State::failure);
}

TEST(DoctorBluetooth, WithoutMonitorsItSaysHowToAllowThem) {
  auto facts = sound();
  facts.mode = "active";
  facts.why = "bluetoothd takes no monitors";
  facts.adapters[0].monitors = false;
  const auto refused = judge_radio(facts)["bluetooth.monitor"];
  EXPECT_EQ(refused.state, State::warning);
  EXPECT_THAT(refused.fix, HasSubstr("bluetooth-experimental.conf"));
  facts.why = "[ble] scanning = \"active\"";
  EXPECT_EQ(judge_radio(facts)["bluetooth.monitor"].state, State::not_applicable);
}

}  // namespace
}  // namespace aisle::doctor
