// From nothing to hearing: what is asked of bluetoothd, and what is said while something is missing.
#include <gmock/gmock.h>

#include "tests/integration/bluez/ear.hpp"

namespace aisle {
namespace {

using ::testing::ElementsAre;
using namespace fakes;

TEST_F(BluezTest, SetsTheFilterBeforeItStarts) {
  start_hearing();
  EXPECT_THAT(bluez_->calls(),
              ElementsAre("hci0 SetDiscoveryFilter DuplicateData=true Pattern= Transport=le", "hci0 StartDiscovery"));
  EXPECT_EQ(state(), "hearing");
  EXPECT_THAT(ear_.states(), ElementsAre("up"));
}

TEST_F(BluezTest, TakesTheFirstAdapterByName) {
  bluez_.emplace(bus_.address());
  bluez_->add_adapter("hci10");
  bluez_->add_adapter("hci2");
  listen();
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_TRUE(bluez_->discovering("hci2"));
  EXPECT_FALSE(bluez_->discovering("hci10"));
}

TEST_F(BluezTest, HearsOnlyTheConfiguredAdapter) {
  start_bluez();
  bluez_->add_adapter("hci1");
  listen({"hci1", "", 100});
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_FALSE(bluez_->discovering("hci0"));
  bluez_->add_device("hci0", "C0:00:00:00:00:01", {{"RSSI", int16(-50)}});
  bluez_->add_device("hci1", "C0:00:00:00:00:02", {{"RSSI", int16(-60)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_THAT(lines(ear_.adverts()), ElementsAre("c0:00:00:00:00:02 -60 "));
}

TEST_F(BluezTest, AnAdapterThatAppearsLaterIsTaken) {
  bluez_.emplace(bus_.address());
  listen();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "no adapter");
  bluez_->add_adapter("hci0");
  ASSERT_TRUE(ear_.wait_up(true));
  bluez_->remove_adapter("hci0");
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_THAT(ear_.states(), ElementsAre("down: no adapter", "up", "down: no adapter"));
}

TEST_F(BluezTest, WithoutBluetoothdItWaitsForIt) {
  listen();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "no bluetoothd");
  start_bluez();
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_THAT(ear_.states(), ElementsAre("down: no bluetoothd", "up"));
}

TEST_F(BluezTest, StopsTwiceAndStartsAgain) {
  start_hearing();
  source_->stop();
  source_->stop();
  EXPECT_EQ(state(), "stopped");
  // Our connection's end is the end of the discovery for bluetoothd; the fake needs to be told.
  bluez_->lose_discovery("hci0", false);
  ASSERT_TRUE(source_->start(ear_));
  ASSERT_TRUE(eventually([&] { return state() == "hearing"; }));
  EXPECT_THAT(ear_.states(), ElementsAre("up", "up"));
}

}  // namespace
}  // namespace aisle
