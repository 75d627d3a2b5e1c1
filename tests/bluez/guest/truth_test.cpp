// Broken radios of every other kind: `status` says "hearing" only where it hears, and says what is wrong where it does
// not; once the cause is gone it hears again by itself.
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/foreign_client.hpp"
#include "tests/bluez/guest/management.hpp"
#include "tests/bluez/guest/rfkill.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

constexpr std::uint16_t kReadLocalFeatures = 0x1003;
constexpr std::uint16_t kLeSetScanParameters = 0x200B;
constexpr std::uint16_t kLeSetScanEnable = 0x200C;
constexpr std::uint16_t kLeSetExtendedScanEnable = 0x2042;
constexpr std::uint8_t kHardwareFailure = 0x03;

class Truth : public testing::TestWithParam<const char*> {
 protected:
  void start(const WorldOptions& options = options_of(GetParam())) {
    world_ = std::make_unique<World>(options);
    ASSERT_EQ(world_->start(), "");
    air_ = std::make_unique<Air>(world_->controller());
    air_->arrive({1});
    if (options.state == "hearing") {
      ASSERT_TRUE(world_->hears_more()) << world_->trouble();
    }
  }
  void TearDown() override { air_.reset(); }

  // Says so within half a minute, and goes on saying so. Silence is asked about after 20 s.
  void says(const std::string& state) const {
    EXPECT_TRUE(world_->reaches(state, seconds(40))) << world_->trouble();
    std::this_thread::sleep_for(seconds(3));
    EXPECT_EQ(world_->state(), state) << world_->trouble();
  }
  void hears() const {
    EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
    EXPECT_TRUE(world_->hears_more()) << world_->trouble();
  }
  // Nobody tells what became of a monitor's scan: source hci sees it.
  [[nodiscard]] static std::string refused() { return passive() ? "not scanning" : "not discovering"; }
  [[nodiscard]] static bool passive() { return std::string(GetParam()) == "hci_passive"; }
  [[nodiscard]] std::string detail() const { return world_->source().value("detail", ""); }
  [[nodiscard]] bool detail_names(const std::string& word) const { return detail().find(word) != std::string::npos; }

  std::unique_ptr<World> world_;
  std::unique_ptr<Air> air_;
};

// A closed store at night: silence is asked about again and again, and nothing is made of it.
TEST_P(Truth, AnEmptyStoreIsNoTrouble) {
  start();
  air_->leave(1);
  const auto told = world_->shop().feed_of("coverage.changed").size();
  for (int i = 0; i < 120; ++i) {
    std::this_thread::sleep_for(seconds(1));
    ASSERT_EQ(world_->state(), "hearing") << "after " << i << " s: " << world_->trouble();
  }
  EXPECT_GE(world_->source()["counters"].value("scan_probes", std::uint64_t{0}), 3U);
  EXPECT_EQ(world_->shop().feed_of("coverage.changed").size(), told);
  air_->arrive({1});
  hears();
}

TEST_P(Truth, BluetoothdHangs) {
  start();
  air_->leave(1);
  world_->bluetoothd().signal(SIGSTOP);
  says("no bluetoothd");
  EXPECT_TRUE(detail_names("does not answer")) << detail();
  air_->arrive({1});
  world_->bluetoothd().signal(SIGCONT);
  hears();
}

TEST_P(Truth, TheBusDaemonHangs) {
  start();
  air_->leave(1);
  world_->bus().signal(SIGSTOP);
  EXPECT_TRUE(eventually([&] { return world_->state() != "hearing"; }, kHealing)) << world_->trouble();
  air_->arrive({1});
  world_->bus().signal(SIGCONT);
  hears();
}

TEST_P(Truth, BluetoothdIsKilledTwiceInARow) {
  start();
  for (int i = 0; i < 2; ++i) {
    world_->end_bluetoothd(SIGKILL);
    world_->start_bluetoothd();
    std::this_thread::sleep_for(milliseconds(300));
  }
  hears();
}

TEST_P(Truth, TheScanIsRefused) {
  start();
  air_->leave(1);  // else what it hears is the old scan, which nobody can end
  world_->controller().refuse(kLeSetScanEnable, kHardwareFailure);
  world_->controller().brown_out();
  says(refused());
  world_->controller().refuse(kLeSetScanEnable, 0);
  air_->arrive({1});
  hears();
}

TEST_P(Truth, TheScanParametersAreRefused) {
  start();
  air_->leave(1);
  world_->controller().refuse(kLeSetScanParameters, kHardwareFailure);
  world_->controller().brown_out();
  says(refused());
  world_->controller().refuse(kLeSetScanParameters, 0);
  air_->arrive({1});
  hears();
}

TEST_P(Truth, TheControllerAnswersNoCommand) {
  start();
  air_->leave(1);
  world_->controller().hang(true);
  EXPECT_TRUE(eventually([&] { return world_->state() != "hearing"; }, seconds(40))) << world_->trouble();
  world_->controller().hang(false);
  air_->arrive({1});
  hears();
}

TEST_P(Truth, CommandsTakeLongerThanTheKernelWaits) {
  start();
  world_->controller().set_command_delay(seconds(3));
  std::this_thread::sleep_for(seconds(40));
  // Whatever it says, it is what it hears.
  const bool says_hearing = world_->state() == "hearing";
  EXPECT_EQ(world_->hears_more(seconds(12)), says_hearing) << world_->trouble();
  world_->controller().set_command_delay(Duration{0});
  hears();
}

TEST_P(Truth, TheControllerForgetsItsScan) {
  start();
  world_->controller().brown_out();
  hears();
}

TEST_P(Truth, TheAdapterHasNoLowEnergy) {
  auto options = options_of(GetParam());
  options.controller.low_energy = false;
  options.state = "not discovering";
  start(options);
  says("not discovering");
  EXPECT_TRUE(detail_names("LE")) << detail();
}

TEST_P(Truth, TheExtendedScanIsRefused) {
  auto options = options_of(GetParam());
  options.controller.extended = true;
  options.controller.legacy = false;
  start(options);
  air_->leave(1);
  world_->controller().refuse(kLeSetExtendedScanEnable, kHardwareFailure);
  world_->controller().brown_out();
  says(refused());
  world_->controller().refuse(kLeSetExtendedScanEnable, 0);
  air_->arrive({1});
  hears();
}

TEST_P(Truth, TheScanIsRefusedFromTheStart) {
  auto options = options_of(GetParam());
  options.state = refused();
  World world(options);
  world.controller().refuse(kLeSetScanEnable, kHardwareFailure);
  ASSERT_EQ(world.start(), "");
  world.controller().refuse(kLeSetScanEnable, 0);
  Air air(world.controller());
  air.arrive({1});
  EXPECT_TRUE(world.reaches("hearing")) << world.trouble();
  EXPECT_TRUE(world.hears_more()) << world.trouble();
}

TEST_P(Truth, LowEnergyIsSwitchedOff) {
  auto options = options_of(GetParam());
  options.controller.classic = true;  // else the kernel refuses to
  start(options);
  ASSERT_EQ(set_low_energy(0, false), 0);
  air_->leave(1);
  if (passive()) {
    // The scan that runs goes on, but no other begins.
    EXPECT_TRUE(world_->controller().state().scanning);
    ForeignClient client(world_->bus().address());
    ASSERT_EQ(client.set_powered(false), "");
    ASSERT_EQ(client.set_powered(true), "");
  }
  says(refused());
  EXPECT_TRUE(detail_names("LE")) << detail();
  air_->arrive({1});
  ASSERT_EQ(set_low_energy(0, true), 0);
  hears();
}

TEST_P(Truth, TheControllerCannotBeInitialized) {
  start();
  world_->controller().unplug();
  world_->controller().refuse(kReadLocalFeatures, kHardwareFailure);
  ASSERT_TRUE(world_->controller().plug());
  says("no adapter");
  world_->controller().unplug();
  world_->controller().refuse(kReadLocalFeatures, 0);
  ASSERT_TRUE(world_->controller().plug());
  hears();
}

TEST_P(Truth, TheAdapterComesBackUnderAnotherName) {
  start();
  auto& other = world_->add_controller({.bdaddr = {{0xAA, 0x00, 0x53, 0x5E, 0x00, 0x02}, false}});
  world_->controller().unplug();
  EXPECT_TRUE(world_->reaches("no adapter")) << world_->trouble();
  ASSERT_TRUE(other.plug());  // hci0 now, and hears nothing
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  ASSERT_TRUE(world_->controller().plug());
  EXPECT_TRUE(eventually([&] { return world_->controller().state().index == 1; }));
  other.unplug();
  hears();
}

TEST_P(Truth, SwitchedOffWhileBlocked) {
  start();
  const Rfkill rfkill;
  rfkill.block(true);
  says("powered off");
  (void)ForeignClient(world_->bus().address()).set_powered(false);
  EXPECT_TRUE(detail_names("rfkill")) << detail();
  rfkill.block(false);
  hears();
}

TEST_P(Truth, TheBusForbidsIt) {
  auto options = options_of(GetParam());
  options.policy = R"(<deny send_destination="org.bluez" send_interface="org.freedesktop.DBus.ObjectManager"/>)";
  options.state = "not allowed";
  start(options);
  EXPECT_TRUE(detail_names("policy")) << detail();
}

TEST_P(Truth, WithoutTheRightItHearsAndSaysHow) {
  auto options = options_of(GetParam());
  options.wrapper = {"/usr/bin/setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"};
  start(options);
  hears();
  EXPECT_EQ(detail_names("CAP_NET_RAW"), std::string(GetParam()) != "bluez") << detail();
}

TEST_P(Truth, GarbageWhileTheAdapterIsSetUp) {
  start();
  world_->controller().unplug();
  ASSERT_TRUE(world_->controller().plug());
  for (int i = 0; i < 20; ++i) world_->controller().raw_event(*from_hex("0eff0103100011"));
  hears();
}

INSTANTIATE_TEST_SUITE_P(Sources, Truth, testing::Values("bluez", "hci", "hci_passive"),
                         [](const auto& source) { return std::string(source.param); });

}  // namespace
}  // namespace aisle::rig
