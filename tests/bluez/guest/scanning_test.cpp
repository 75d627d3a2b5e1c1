// How a real bluetoothd lets the gateway scan, and that status says which way it is and why.
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/foreign_client.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

// A controller that tells each device once a scan, until the host asks it not to.
WorldOptions options_of(const char* source, bool experimental, const std::string& scanning = "") {
  WorldOptions out;
  out.source = source;
  out.experimental = experimental;
  out.controller.duplicate_filter = Duplicates::address;
  if (!scanning.empty()) out.ble = "scanning = \"" + scanning + "\"";
  return out;
}

class Scanning : public testing::TestWithParam<const char*> {
 protected:
  void start(const WorldOptions& options) {
    world_ = std::make_unique<World>(options);
    ASSERT_EQ(world_->start(), "");
  }
  [[nodiscard]] std::string scanning(const char* field) const {
    const auto source = world_->source();
    return source.contains("scanning") ? source["scanning"].value(field, "") : "";
  }
  [[nodiscard]] bool scans(const std::string& mode) const {
    return eventually([&] { return scanning("mode") == mode; }, kHealing);
  }
  // The scan that runs has the duplicate filter off; at the latest after bluetoothd has renewed it once.
  [[nodiscard]] bool unfiltered() const {
    return eventually(
        [&] {
          const auto state = world_->controller().state();
          return state.scanning && !state.filter_duplicates;
        },
        kHealing);
  }
  // The share heard of 50 adverts a second of five devices, whose payload and strength never change.
  [[nodiscard]] double share_of_unchanged() {
    LoadSpec load;
    load.devices = 5;
    load.per_second = 50;
    load.length = seconds(30);
    load.payload = [](const LoadAdvert& advert) { return phone_advert({static_cast<int>(advert.device) + 1}).payload; };
    load.rssi = [](const LoadAdvert&) { return Dbm{-60}; };
    const auto before = world_->adverts();
    const auto report = world_->controller().load(load);
    std::this_thread::sleep_for(seconds(2));
    return static_cast<double>(world_->adverts() - before) / static_cast<double>(report.sent);
  }
  [[nodiscard]] std::size_t count(const char* type) const { return world_->shop().feed_of(type).size(); }

  std::unique_ptr<World> world_;
};

TEST_P(Scanning, WithAMonitorUnchangedAdvertsKeepArriving) {
  start(options_of(GetParam(), true));
  ASSERT_TRUE(scans("active+monitor")) << world_->trouble();
  ASSERT_TRUE(unfiltered()) << world_->trouble();
  EXPECT_GT(share_of_unchanged(), 0.9) << world_->trouble();
  EXPECT_TRUE(world_->controller().state().active);
}

TEST_P(Scanning, WithoutExperimentalStatusSaysWhatIsMissing) {
  start(options_of(GetParam(), false));
  ASSERT_TRUE(scans("active")) << world_->trouble();
  EXPECT_NE(scanning("why").find("--experimental"), std::string::npos) << scanning("why");
  EXPECT_LT(share_of_unchanged(), 0.1) << "the controller's duplicate filter is on";
}

TEST_P(Scanning, PassiveHearsPhonesAndKeepsThem) {
  start(options_of(GetParam(), true, "passive"));
  if (std::string(GetParam()) == "bluez") {
    EXPECT_TRUE(scans("active+monitor"));
    EXPECT_NE(scanning("why").find("use source"), std::string::npos) << scanning("why");
    return;
  }
  Air air(world_->controller());
  air.arrive({1});
  EXPECT_TRUE(eventually([&] { return count("zone.entered") == 1; }, kHealing)) << world_->trouble();
  EXPECT_EQ(scanning("mode"), "passive");
  const auto state = world_->controller().state();
  EXPECT_TRUE(state.scanning);
  EXPECT_FALSE(state.active);
  std::this_thread::sleep_for(seconds(60));
  EXPECT_EQ(count("zone.exited"), 0U) << world_->trouble();
}

TEST_P(Scanning, PassiveWithoutAMonitorIsActiveAndSaysSo) {
  start(options_of(GetParam(), false, "passive"));
  EXPECT_EQ(scanning("mode"), "active");
  EXPECT_NE(scanning("why").find("passive scanning is not possible"), std::string::npos) << scanning("why");
  EXPECT_TRUE(world_->controller().state().active);
}

TEST_P(Scanning, ActiveAsksForNoMonitor) {
  start(options_of(GetParam(), true, "active"));
  EXPECT_EQ(scanning("mode"), "active");
  EXPECT_TRUE(world_->controller().state().filter_duplicates);
}

class MonitorRecovery : public Scanning {
 protected:
  // Once hearing again, the monitor is there again and does its work.
  void heals() {
    EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
    EXPECT_TRUE(scans("active+monitor")) << scanning("why") << world_->trouble();
    EXPECT_TRUE(unfiltered()) << world_->trouble();
    EXPECT_GT(share_of_unchanged(), 0.9) << world_->trouble();
  }
};

TEST_P(MonitorRecovery, BluetoothdIsKilled) {
  start(options_of(GetParam(), true));
  ASSERT_TRUE(scans("active+monitor")) << world_->trouble();
  world_->end_bluetoothd(SIGKILL);
  EXPECT_TRUE(world_->reaches("no bluetoothd"));
  EXPECT_EQ(scanning("mode"), "none");
  world_->start_bluetoothd();
  heals();
}

TEST_P(MonitorRecovery, TheAdapterIsSwitchedOffAndOn) {
  start(options_of(GetParam(), true));
  ASSERT_TRUE(scans("active+monitor")) << world_->trouble();
  ForeignClient client(world_->bus().address());
  ASSERT_EQ(client.set_powered(false), "");
  EXPECT_TRUE(world_->reaches("powered off"));
  ASSERT_EQ(client.set_powered(true), "");
  heals();
}

TEST_P(MonitorRecovery, TheAdapterIsUnpluggedAndBack) {
  start(options_of(GetParam(), true));
  ASSERT_TRUE(scans("active+monitor")) << world_->trouble();
  world_->controller().unplug();
  EXPECT_TRUE(world_->reaches("no adapter"));
  ASSERT_TRUE(world_->controller().plug());
  heals();
}

TEST_P(MonitorRecovery, PassiveHearsAgainAfterAKilledBluetoothdAndAPowerCycle) {
  start(options_of(GetParam(), true, "passive"));
  Air air(world_->controller());
  air.arrive({1});
  world_->end_bluetoothd(SIGKILL);
  EXPECT_TRUE(world_->reaches("no bluetoothd"));
  world_->start_bluetoothd();
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
  ForeignClient client(world_->bus().address());
  ASSERT_EQ(client.set_powered(false), "");
  EXPECT_TRUE(world_->reaches("powered off"));
  ASSERT_EQ(client.set_powered(true), "");
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
  EXPECT_EQ(scanning("mode"), std::string(GetParam()) == "hci" ? "passive" : "active+monitor");
}

constexpr auto kSourceName = [](const auto& source) { return std::string(source.param); };
INSTANTIATE_TEST_SUITE_P(Sources, Scanning, testing::Values("bluez", "hci"), kSourceName);
INSTANTIATE_TEST_SUITE_P(Sources, MonitorRecovery, testing::Values("bluez", "hci"), kSourceName);

}  // namespace
}  // namespace aisle::rig
