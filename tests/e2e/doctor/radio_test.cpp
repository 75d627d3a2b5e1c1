// A real dbus-daemon with a stand-in for bluetoothd: what is missing, switched off, blocked or hung is named.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "tests/e2e/doctor/checkup.hpp"
#include "tests/fakes/bluez/fake_bluez.hpp"
#include "tests/fakes/bluez/private_bus.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace fakes;

class DoctorOfRadio : public ::testing::Test {
 protected:
  explicit DoctorOfRadio(const std::string& policy = "") : bus(policy) {}
  void SetUp() override {
    setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address().c_str(), 1);
    std::filesystem::create_directories(site.state_dir());
    std::filesystem::create_directories(site.file("system"));
    site.configure({.source = "bluez"});
  }
  void TearDown() override { unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }
  void start_bluez(bool powered = true) {
    bluez.emplace(bus.address());
    bluez->add_adapter("hci0", powered);
  }
  // On a machine that has nothing but what the test wrote.
  [[nodiscard]] Checkup look() const { return checkup(site, site.file("system")); }
  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = site.file("system") + name;
    std::filesystem::create_directories(path.parent_path());
    fakes::write_file(path.string(), text);
  }

  Site site;
  PrivateBus bus;
  std::optional<FakeBluez> bluez;
};

class DoctorWithoutRight : public DoctorOfRadio {
 protected:
  DoctorWithoutRight() : DoctorOfRadio("<deny send_destination=\"org.bluez\"/>") {}
};

TEST_F(DoctorOfRadio, ADaemonThatHearsIsAllRight) {
  start_bluez();
  bluez->monitors([](FakeMonitors& monitors) { monitors.allow(true); });
  auto aisled = site.start_aisled();
  ASSERT_TRUE(fakes::eventually([&] {
    const auto status = site.status();
    return status.is_object() && status["source"]["scanning"]["mode"] == "active+monitor";
  })) << site.log();
  bluez->add_device("hci0", "C0:00:00:00:00:01", {{"RSSI", int16(-50)}});
  ASSERT_TRUE(fakes::eventually([&] { return site.status()["adverts"]["adverts"] == 1; }));
  const auto found = look();
  for (const char* part : {"daemon", "policy", "adapter", "rfkill", "power", "scanning", "hearing", "monitor"})
    EXPECT_EQ(found.state(std::string("bluetooth.") + part), "ok") << part;
  for (const auto& [id, check] : found.checks) EXPECT_THAT(check.dump(), Not(HasSubstr("C0:00"))) << id;
}

TEST_F(DoctorOfRadio, ABusWithoutBluetoothd) {
  look().expect_failure("bluetooth.daemon", "not installed", "apt install bluez");
  write("/usr/libexec/bluetooth/bluetoothd", "");
  look().expect_failure("bluetooth.daemon", "does not run", "systemctl enable --now bluetooth");
}

TEST_F(DoctorOfRadio, NoBusAtAll) {
  setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + site.file("nowhere")).c_str(), 1);
  look().expect_failure("bluetooth.daemon", "not reached", "dbus");
}

TEST_F(DoctorOfRadio, NoAdapter) {
  bluez.emplace(bus.address());
  const auto found = look();
  EXPECT_EQ(found.state("bluetooth.daemon"), "ok");
  found.expect_failure("bluetooth.adapter", "no Bluetooth adapter", "plug it in");
}

TEST_F(DoctorOfRadio, AnAdapterThatIsPoweredOff) {
  start_bluez(false);
  const auto found = look();
  EXPECT_EQ(found.state("bluetooth.rfkill"), "ok");
  found.expect_failure("bluetooth.power", "powered off", "bluetoothctl power on");
}

TEST_F(DoctorOfRadio, AnAdapterThatIsBlocked) {
  start_bluez(false);
  write("/sys/class/rfkill/rfkill0/name", "hci0\n");
  write("/sys/class/rfkill/rfkill0/soft", "1\n");
  write("/sys/class/rfkill/rfkill0/hard", "0\n");
  const auto found = look();
  found.expect_failure("bluetooth.rfkill", "blocked softly", "sudo rfkill unblock bluetooth");
  found.expect_failure("bluetooth.power", "rfkill", "rfkill unblock");
}

TEST_F(DoctorOfRadio, WithoutMonitorsThereIsAWarning) {
  start_bluez();
  const auto found = look();
  EXPECT_EQ(found.state("bluetooth.monitor"), "warning");
  EXPECT_THAT(found.checks.at("bluetooth.monitor")["fix"].get<std::string>(), HasSubstr("bluetooth-experimental.conf"));
}

TEST_F(DoctorOfRadio, ABusThatHangsDoesNotHoldItUp) {
  start_bluez();
  bus.signal(SIGSTOP);
  const auto found = look();
  bus.signal(SIGCONT);
  found.expect_failure("bluetooth.daemon", "does not answer", "dbus");
  EXPECT_EQ(found.state("bluetooth.rfkill"), "not_applicable");
  EXPECT_EQ(found.state("disk.space"), "ok");
  EXPECT_EQ(found.checks.size(), 34U);
}

TEST_F(DoctorWithoutRight, IsToldFromABluetoothdThatIsNotThere) {
  start_bluez();
  const auto found = look();
  EXPECT_EQ(found.state("bluetooth.daemon"), "ok");
  found.expect_failure("bluetooth.policy", "org.bluez", "apt install --reinstall aisle-agent");
}

}  // namespace
}  // namespace aisle::e2e
