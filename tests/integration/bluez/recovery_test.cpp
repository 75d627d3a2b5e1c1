// Everything that a store's afternoon does to a Bluetooth stack, and that hearing comes back.
#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <thread>

#include "tests/integration/bluez/ear.hpp"

namespace aisle {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using namespace fakes;

constexpr const char* kFilter = "hci0 SetDiscoveryFilter DuplicateData=true Pattern= Transport=le";

TEST_F(BluezTest, PowerOffIsDownAndOnIsUp) {
  start_hearing();
  bluez_->set_powered("hci0", false);
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "powered off");
  bluez_->set_powered("hci0", true);
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_TRUE(bluez_->discovering("hci0"));
  EXPECT_THAT(ear_.states(), ElementsAre("up", "down: powered off", "up"));
}

TEST_F(BluezTest, AnAdapterThatIsOffAtTheStartIsWaitedFor) {
  bluez_.emplace(bus_.address());
  bluez_->add_adapter("hci0", false);
  listen();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "powered off");
  EXPECT_TRUE(bluez_->calls().empty());
  bluez_->set_powered("hci0", true);
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_EQ(state(), "hearing");
}

TEST_F(BluezTest, BluetoothdEndsAndReturnsWithoutItsMemory) {
  start_hearing();
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-50)}, {"ManufacturerData", by_company({{0x4c, {1}}})}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  bluez_.reset();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "no bluetoothd");
  start_bluez();
  ASSERT_TRUE(ear_.wait_up(true));
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-51)}});
  ASSERT_TRUE(ear_.wait_adverts(2));
  EXPECT_EQ(line(ear_.adverts()[1]), "4a:00:00:00:00:01 -51 ") << "the payload of before was purged";
  EXPECT_THAT(ear_.states(), ElementsAre("up", "down: no bluetoothd", "up"));
}

TEST_F(BluezTest, ABluetoothdThatHangsIsFoundOutAndTakenUpAgain) {
  start_bluez();
  BluezOptions options;
  options.ask_every = milliseconds(100);
  listen(options);
  ASSERT_TRUE(ear_.wait_up(true));
  std::promise<void> go_on;
  std::thread hang([&] { bluez_->monitors([&](FakeMonitors&) { go_on.get_future().wait(); }); });
  EXPECT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "no bluetoothd");
  EXPECT_NE(source_->status().detail.find("does not answer"), std::string::npos) << source_->status().detail;
  go_on.set_value();
  hang.join();
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_EQ(state(), "hearing");
}

TEST_F(BluezTest, WhatTheBusForbidsIsNamed) {
  start_bluez();
  bluez_->refuse_discovery({"org.freedesktop.DBus.Error.AccessDenied"});
  listen();
  ASSERT_TRUE(ear_.wait_up(false));
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_THAT(ear_.states(), ElementsAre("down: not allowed", "up"));
}

TEST_F(BluezTest, AScanThatNeitherEndsNorBeginsCostsAPowerCycle) {
  start_bluez();
  bluez_->refuse_discovery(std::vector<std::string>(4, "org.bluez.Error.InProgress"));
  BluezOptions options;
  options.old_scan = milliseconds(500);
  listen(options);
  ASSERT_TRUE(ear_.wait_up(true));
  const auto calls = bluez_->calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "hci0 Set"), 1);
  EXPECT_EQ(source_->counters().stuck_scans, 1U);
  EXPECT_THAT(ear_.states(), ElementsAre("down: not discovering", "up"));
}

TEST_F(BluezTest, AnOldScanIsWaitedFor) {
  start_bluez();
  bluez_->refuse_discovery(std::vector<std::string>(4, "org.bluez.Error.InProgress"));
  listen();
  ASSERT_TRUE(ear_.wait_up(true));
  const auto calls = bluez_->calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "hci0 Set"), 0);
  EXPECT_EQ(source_->counters().stuck_scans, 0U);
}

TEST_F(BluezTest, InProgressIsStoppedAndStartedAgain) {
  start_bluez();
  bluez_->refuse_discovery({"org.bluez.Error.InProgress"});
  start_hearing();
  EXPECT_THAT(bluez_->calls(), ElementsAreArray({std::string(kFilter), std::string("hci0 StartDiscovery"),
                                                 std::string("hci0 StopDiscovery"), std::string(kFilter),
                                                 std::string("hci0 StartDiscovery")}));
  EXPECT_THAT(ear_.states(), ElementsAre("up"));
}

TEST_F(BluezTest, InProgressThatLastsIsDownUntilItEnds) {
  start_bluez();
  bluez_->refuse_discovery({"org.bluez.Error.InProgress", "org.bluez.Error.InProgress", "org.bluez.Error.InProgress"});
  listen();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "not discovering");
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_THAT(ear_.states(), ElementsAre("down: not discovering", "up"));
}

TEST_F(BluezTest, OtherRefusalsAreTriedAgain) {
  start_bluez();
  bluez_->refuse_discovery({"org.bluez.Error.NotReady", "org.freedesktop.DBus.Error.UnknownObject"});
  listen();
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_THAT(ear_.states(), ElementsAre("down: not discovering", "up"));
}

TEST_F(BluezTest, ALostDiscoveryIsResumed) {
  start_hearing();
  bluez_->lose_discovery("hci0", false);
  ASSERT_TRUE(ear_.wait_up(false));
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_TRUE(bluez_->discovering("hci0"));
  EXPECT_THAT(ear_.states(), ElementsAre("up", "down: not discovering", "up"));
}

TEST_F(BluezTest, ARenewedScanIsNoLoss) {
  start_hearing();
  bluez_->renew_discovery("hci0");
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-50)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_THAT(ear_.states(), ElementsAre("up"));
  bluez_->lose_discovery("hci0", false);
  ASSERT_TRUE(ear_.wait_up(false));
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_THAT(ear_.states(), ElementsAre("up", "down: not discovering", "up"));
}

TEST_F(BluezTest, ACallThatIsNeverAnsweredIsGivenUpAndTriedAgain) {
  start_bluez();
  bluez_->ignore_discovery();
  listen();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "not discovering");
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_TRUE(bluez_->discovering("hci0"));
}

TEST_F(BluezTest, ALostDiscoveryThatBluetoothdStillCountsIsResumed) {
  start_hearing();
  bluez_->lose_discovery("hci0", true);
  ASSERT_TRUE(ear_.wait_up(false));
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_TRUE(bluez_->discovering("hci0"));
}

TEST_F(BluezTest, TheBusItselfEndsAndReturns) {
  start_hearing();
  bus_.kill();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "no D-Bus");
  bluez_.reset();
  bus_.start();
  start_bluez();
  ASSERT_TRUE(ear_.wait_up(true));
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-50)}});
  EXPECT_TRUE(ear_.wait_adverts(1));
}

TEST_F(BluezTest, StopsPromptlyWithoutABus) {
  bus_.kill();
  listen();
  ASSERT_TRUE(ear_.wait_up(false));
  const auto before = std::chrono::steady_clock::now();
  source_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(1));
  EXPECT_THAT(ear_.states(), ElementsAre("down: no D-Bus"));
}

}  // namespace
}  // namespace aisle
