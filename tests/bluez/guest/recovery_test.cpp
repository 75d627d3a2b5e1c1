// After every fault that the radio's side can have, the gateway hears again by itself and nobody was declared gone.
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/foreign_client.hpp"
#include "tests/bluez/guest/rfkill.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

class Recovery : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    world_ = std::make_unique<World>(options_of(GetParam()));
    ASSERT_EQ(world_->start(), "");
    air_ = std::make_unique<Air>(world_->controller());
    air_->furnish(5);
    air_->arrive({1});
    ASSERT_TRUE(eventually([&] { return !feed("zone.entered").empty(); })) << world_->trouble();
  }
  void TearDown() override {
    // The customer stood there all the time.
    EXPECT_TRUE(world_->aisled().running());
    EXPECT_EQ(feed("zone.exited").size(), 0U);
    EXPECT_EQ(feed("visit.ended").size(), 0U);
    EXPECT_EQ(feed("visit.started").size(), customers_);
    air_.reset();
  }
  [[nodiscard]] std::vector<json> feed(const char* type) const { return world_->shop().feed_of(type); }
  // The fault shows in `status`, is cured by `cure`, and hearing resumes.
  void heals(const std::string& state, const std::function<void()>& cure) {
    EXPECT_TRUE(world_->reaches(state)) << world_->trouble();
    std::this_thread::sleep_for(seconds(2));
    EXPECT_EQ(world_->state(), state) << world_->trouble();
    cure();
    EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
    EXPECT_TRUE(world_->hears_more()) << world_->trouble();
  }

  // The source's counter reaches that number; status has it a second later.
  [[nodiscard]] bool counts(const char* counter, std::uint64_t number) const {
    return eventually([&] { return world_->source()["counters"].value(counter, std::uint64_t{0}) == number; },
                      seconds(3));
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<Air> air_;
  std::size_t customers_ = 1;
};

TEST_P(Recovery, BluetoothdIsKilledAndStartsAgain) {
  world_->end_bluetoothd(SIGKILL);
  heals("no bluetoothd", [&] { world_->start_bluetoothd(); });
}

TEST_P(Recovery, BluetoothdIsStoppedAndStartsAgain) {
  world_->end_bluetoothd(SIGTERM);
  heals("no bluetoothd", [&] { world_->start_bluetoothd(); });
}

TEST_P(Recovery, TheAdapterIsUnpluggedAndPluggedInAgain) {
  world_->controller().unplug();
  heals("no adapter", [&] { ASSERT_TRUE(world_->controller().plug()); });
}

TEST_P(Recovery, SomeoneSwitchesTheAdapterOffAndOn) {
  ForeignClient client(world_->bus().address());
  ASSERT_EQ(client.set_powered(false), "");
  heals("powered off", [&] { ASSERT_EQ(client.set_powered(true), ""); });
}

TEST_P(Recovery, RfkillBlocksTheRadio) {
  Rfkill rfkill;
  rfkill.block(true);
  heals("powered off", [&] { rfkill.block(false); });
}

TEST_P(Recovery, TheControllerReportsAHardwareError) {
  world_->controller().hardware_error(0x42);
  std::this_thread::sleep_for(seconds(1));
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
}

TEST_P(Recovery, AForeignClientFiltersScansAndLeaves) {
  {
    ForeignClient client(world_->bus().address());
    ASSERT_EQ(client.filter_rssi(-40), "");
    ASSERT_EQ(client.start_discovery(), "");
    std::this_thread::sleep_for(seconds(2));
    ASSERT_EQ(client.stop_discovery(), "");
  }
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
}

TEST_P(Recovery, AForeignClientFiltersByPatternAndStays) {
  ForeignClient client(world_->bus().address());
  ASSERT_EQ(client.filter_pattern("ZZ"), "");
  ASSERT_EQ(client.start_discovery(), "");
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
  air_->arrive({2});
  customers_ = 2;
  EXPECT_TRUE(eventually([&] { return feed("zone.entered").size() == 2; }, kHealing)) << world_->trouble();
}

TEST_P(Recovery, TheBusDaemonRestarts) {
  world_->bus().kill();
  EXPECT_TRUE(world_->reaches("no D-Bus")) << world_->trouble();
  // bluetoothd ends with its bus; systemd starts it again.
  (void)eventually([&] { return !world_->bluetoothd().running(); }, seconds(5));
  world_->end_bluetoothd(SIGKILL);
  world_->bus().start();
  world_->start_bluetoothd();
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
}

TEST_P(Recovery, TheControllerGoesMuteUntilItIsReset) {
  std::this_thread::sleep_for(seconds(75));  // until the beacons are known to stand there for good
  const auto resets = world_->controller().state().resets;
  world_->controller().mute(true);
  EXPECT_TRUE(world_->reaches("mute", seconds(30))) << world_->trouble();
  // What the store always has on the air is missing: the scan is restarted, then the adapter switched off and on.
  ASSERT_TRUE(eventually([&] { return world_->controller().state().resets > resets; }, seconds(90)))
      << world_->trouble();
  world_->controller().mute(false);
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
  EXPECT_TRUE(counts("mute_recoveries", 1));
  EXPECT_TRUE(counts("scan_restarts", 1));
  EXPECT_TRUE(counts("power_cycles", 1));
  EXPECT_TRUE(counts("mute_reports", 0));
}

TEST_P(Recovery, AControllerThatStaysMuteIsReportedStepByStep) {
  std::this_thread::sleep_for(seconds(75));
  world_->controller().mute(true);
  EXPECT_TRUE(eventually([&] { return counts("mute_reports", 1); }, seconds(90))) << world_->trouble();
  EXPECT_TRUE(counts("scan_restarts", 1));
  EXPECT_TRUE(counts("power_cycles", 1));
  EXPECT_EQ(world_->state(), "mute");
  // The count is told before the step is taken.
  EXPECT_TRUE(eventually([&] { return world_->shop().site.log().find("the radio is mute") != std::string::npos; }));
  const auto log = world_->shop().site.log();
  const auto restart = log.find("restarting the scan");
  const auto cycle = log.find("switching the radio off and on");
  const auto report = log.find("the radio is mute");
  EXPECT_LT(restart, cycle) << log;
  EXPECT_LT(cycle, report) << log;
  world_->controller().mute(false);
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
}

INSTANTIATE_TEST_SUITE_P(Sources, Recovery, testing::Values("bluez", "hci", "hci_passive"),
                         [](const auto& source) { return std::string(source.param); });

}  // namespace
}  // namespace aisle::rig
