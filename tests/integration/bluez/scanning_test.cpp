// The advertisement monitor beside the discovery or instead of it, and what the status says of it.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/integration/bluez/ear.hpp"

namespace aisle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace fakes;

class ScanningTest : public BluezTest {
 protected:
  // Allowed before there is an adapter: a source that waits for one asks at once.
  void start_bluez_with_monitors() {
    bluez_.emplace(bus_.address());
    bluez_->monitors([](FakeMonitors& monitors) { monitors.allow(true); });
    bluez_->add_adapter("hci0");
  }
  void listen_as(Scanning scanning, bool adverts = true) {
    BluezOptions options;
    options.scanning = scanning;
    options.adverts = adverts;
    listen(options);
    ASSERT_TRUE(eventually([&] { return state() == "hearing"; })) << source_->status().detail;
  }
  [[nodiscard]] std::string mode() const { return source_->status().scanning.mode; }
  [[nodiscard]] std::string why() const { return source_->status().scanning.why; }
  [[nodiscard]] bool scans(const std::string& mode) const {
    return eventually([&] { return this->mode() == mode; });
  }
  [[nodiscard]] std::string description() {
    std::string out;
    bluez_->monitors([&](FakeMonitors& monitors) { out = monitors.description("hci0"); });
    return out;
  }
  [[nodiscard]] std::vector<std::string> monitor_calls() {
    std::vector<std::string> out;
    bluez_->monitors([&](FakeMonitors& monitors) { out = monitors.calls(); });
    return out;
  }
};

TEST_F(ScanningTest, WhereItIsAllowedTheMonitorComesBesideTheDiscovery) {
  start_bluez_with_monitors();
  listen_as(Scanning::automatic);
  EXPECT_TRUE(scans("active+monitor"));
  EXPECT_TRUE(bluez_->discovering("hci0"));
  EXPECT_EQ(description(),
            "Patterns= 0/7/4f324f10 0/6/4f324f10 0/255/4c000215 0/22/aafe 0/22/d2fc 2/255/beac; "
            "RSSIHighThreshold=-126; RSSIHighTimeout=1; RSSILowThreshold=-127; RSSILowTimeout=30; Type=or_patterns");
}

TEST_F(ScanningTest, WhereItIsNotAllowedTheStatusSaysHowToAllowIt) {
  start_bluez();
  listen_as(Scanning::automatic);
  EXPECT_EQ(mode(), "active");
  EXPECT_THAT(why(), HasSubstr("--experimental"));
  bluez_->set_powered("hci0", false);
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(mode(), "none");
  bluez_->set_powered("hci0", true);
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_THAT(monitor_calls(), ElementsAre("hci0 RegisterMonitor")) << "the answer will not change";
}

TEST_F(ScanningTest, ForControlToo) {
  start_bluez_with_monitors();
  listen_as(Scanning::automatic, false);
  EXPECT_TRUE(scans("active+monitor"));
  EXPECT_THAT(description(), HasSubstr("RSSIHighThreshold"));
}

TEST_F(ScanningTest, ActiveNeverAsks) {
  start_bluez_with_monitors();
  listen_as(Scanning::active);
  EXPECT_EQ(mode(), "active");
  EXPECT_THAT(monitor_calls(), IsEmpty());
}

TEST_F(ScanningTest, AnUnansweredRegistrationDoesNotKeepItFromHearing) {
  start_bluez_with_monitors();
  bluez_->monitors([](FakeMonitors& monitors) { monitors.refuse({""}); });
  listen_as(Scanning::automatic);
  EXPECT_EQ(mode(), "active");
  EXPECT_THAT(why(), HasSubstr("not active yet"));
  EXPECT_TRUE(scans("active+monitor")) << "it is tried again";
}

TEST_F(ScanningTest, ARefusedRegistrationIsTriedAgain) {
  start_bluez_with_monitors();
  bluez_->monitors([](FakeMonitors& monitors) { monitors.refuse({"org.bluez.Error.Failed"}); });
  listen_as(Scanning::automatic);
  EXPECT_TRUE(scans("active+monitor"));
  EXPECT_THAT(monitor_calls(), ElementsAre("hci0 RegisterMonitor", "hci0 UnregisterMonitor", "hci0 RegisterMonitor"));
}

TEST_F(ScanningTest, AReleasedMonitorIsRegisteredAnew) {
  start_bluez_with_monitors();
  listen_as(Scanning::automatic);
  ASSERT_TRUE(scans("active+monitor"));
  bluez_->monitors([](FakeMonitors& monitors) { monitors.call("hci0", "Release"); });
  EXPECT_TRUE(scans("active"));
  EXPECT_TRUE(scans("active+monitor"));
  EXPECT_THAT(ear_.states(), ElementsAre("up")) << "the discovery went on";
}

TEST_F(ScanningTest, AfterBluetoothdsEndTheNewOneIsAsked) {
  start_bluez_with_monitors();
  listen_as(Scanning::automatic);
  ASSERT_TRUE(scans("active+monitor"));
  bluez_.reset();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(mode(), "none");
  start_bluez_with_monitors();
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_TRUE(scans("active+monitor"));
}

TEST_F(ScanningTest, AnAdapterThatComesBackIsAskedAgain) {
  start_bluez_with_monitors();
  listen_as(Scanning::automatic);
  ASSERT_TRUE(scans("active+monitor"));
  bluez_->remove_adapter("hci0");
  ASSERT_TRUE(ear_.wait_up(false));
  bluez_->add_adapter("hci0");
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_TRUE(scans("active+monitor"));
}

TEST_F(ScanningTest, PassiveIsTheMonitorAlone) {
  start_bluez_with_monitors();
  listen_as(Scanning::passive, false);
  EXPECT_EQ(mode(), "passive");
  EXPECT_THAT(bluez_->calls(), IsEmpty()) << "no discovery";
}

TEST_F(ScanningTest, PassiveWithAdvertsOverDBusIsActiveAndSaysSo) {
  start_bluez_with_monitors();
  listen_as(Scanning::passive);
  EXPECT_TRUE(scans("active+monitor"));
  EXPECT_THAT(why(), HasSubstr("use source \"hci\""));
  EXPECT_TRUE(bluez_->discovering("hci0"));
}

TEST_F(ScanningTest, PassiveWithoutAMonitorIsActiveAndSaysSo) {
  start_bluez();
  listen_as(Scanning::passive, false);
  EXPECT_EQ(mode(), "active");
  EXPECT_THAT(why(), HasSubstr("passive scanning is not possible: bluetoothd does not allow"));
  EXPECT_TRUE(bluez_->discovering("hci0"));
}

TEST_F(ScanningTest, PassiveTakesTheDiscoveryWhileTheMonitorIsGone) {
  start_bluez_with_monitors();
  listen_as(Scanning::passive, false);
  bluez_->monitors([](FakeMonitors& monitors) { monitors.call("hci0", "Release"); });
  EXPECT_TRUE(scans("active"));
  EXPECT_TRUE(scans("passive"));
  EXPECT_FALSE(bluez_->discovering("hci0"));
}

TEST_F(ScanningTest, OthersCannotReleaseIt) {
  start_bluez_with_monitors();
  listen_as(Scanning::automatic);
  ASSERT_TRUE(scans("active+monitor"));
  {
    BusThread impostor(bus_.address(), [](sd_bus_message*, sd_bus_error*) { return 0; });
    impostor.run([&] {
      sd_bus_message* raw = nullptr;
      const auto signal = impostor.new_signal("/x", "x.y", "z");
      sd_bus_message_new_method_call(sd_bus_message_get_bus(signal.get()), &raw, bluez_->client().c_str(),
                                     "/org/aisle/monitors/beacons", "org.bluez.AdvertisementMonitor1", "Release");
      impostor.send(MessagePtr(raw, &sd_bus_message_unref));
    });
  }
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-61)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_EQ(mode(), "active+monitor");
}

}  // namespace
}  // namespace aisle
