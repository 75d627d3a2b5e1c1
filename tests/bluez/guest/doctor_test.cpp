// `aislectl doctor` beside a real bluetoothd: it names what somebody has switched off.
#include <signal.h>

#include <cstdlib>

#include "tests/bluez/guest/foreign_client.hpp"
#include "tests/bluez/guest/rfkill.hpp"
#include "tests/bluez/guest/world.hpp"
#include "tests/e2e/doctor/checkup.hpp"

namespace aisle::rig {
namespace {

using ::testing::HasSubstr;

class Doctor : public testing::Test {
 protected:
  void start(bool experimental) {
    WorldOptions options;
    options.experimental = experimental;
    world_ = std::make_unique<World>(options);
    setenv("DBUS_SYSTEM_BUS_ADDRESS", world_->bus().address().c_str(), 1);
    ASSERT_EQ(world_->start(), "");
  }
  void TearDown() override { unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }
  [[nodiscard]] e2e::Checkup look() const { return e2e::checkup(world_->shop().site); }

  std::unique_ptr<World> world_;
};

TEST_F(Doctor, FindsARadioThatHearsAllRight) {
  start(true);
  ASSERT_TRUE(eventually([&] { return world_->source()["scanning"].value("mode", "") == "active+monitor"; }));
  const auto found = look();
  for (const char* part : {"daemon", "policy", "adapter", "rfkill", "power", "scanning", "monitor"})
    EXPECT_EQ(found.state(std::string("bluetooth.") + part), "ok") << part;
  EXPECT_THAT(found.checks.at("bluetooth.daemon")["what"].get<std::string>(), HasSubstr("bluetoothd 5."));
  EXPECT_EQ(found.state("broker.publish"), "ok");
  world_->aisled().kill_hard();
  EXPECT_EQ(look().state("bluetooth.monitor"), "ok");  // by what bluetoothd offers
}

TEST_F(Doctor, FindsRfkillAndASwitchedOffAdapter) {
  start(false);
  EXPECT_EQ(look().state("bluetooth.monitor"), "warning");
  const Rfkill rfkill;
  rfkill.block(true);
  ASSERT_TRUE(world_->reaches("powered off"));
  const auto blocked = look();
  blocked.expect_failure("bluetooth.rfkill", "hci0 is blocked softly", "sudo rfkill unblock bluetooth");
  blocked.expect_failure("bluetooth.scanning", "powered off", "bluetooth");
  rfkill.block(false);
  ASSERT_TRUE(world_->reaches("hearing"));
  EXPECT_EQ(look().state("bluetooth.rfkill"), "ok");

  world_->aisled().kill_hard();  // which would switch it on again
  ForeignClient other(world_->bus().address());
  ASSERT_EQ(other.set_powered(false), "");
  const auto off = look();
  off.expect_failure("bluetooth.power", "hci0 is powered off", "bluetoothctl power on");
  EXPECT_EQ(off.state("bluetooth.rfkill"), "ok");
}

TEST_F(Doctor, TellsABluetoothdThatHangsFromOneThatIsGone) {
  start(false);
  world_->bluetoothd().signal(SIGSTOP);
  look().expect_failure("bluetooth.daemon", "does not answer", "restart bluetooth");
  world_->bluetoothd().signal(SIGCONT);
  world_->end_bluetoothd(SIGKILL);
  const auto found = look();
  EXPECT_EQ(found.state("bluetooth.daemon"), "failure");
  EXPECT_EQ(found.state("bluetooth.adapter"), "ok");  // the kernel has it
}

}  // namespace
}  // namespace aisle::rig
