// The radio's states, the socket's, and what is said of both.
#include <gmock/gmock.h>

#include "tests/unit/hci/fake_radio.hpp"

namespace aisle::hci::testing {
namespace {

using ::testing::ElementsAre;

TEST_F(HciSourceTest, HearsOnceTheRadioScans) {
  start();
  EXPECT_TRUE(scene.opened().empty()) << "no adapter is known yet";
  scene.scans("hci3");
  ASSERT_TRUE(scene.wait_told({"up"}));
  EXPECT_THAT(scene.opened(), ElementsAre(3U));
  EXPECT_THAT(scene.starts(), ElementsAre("control"));
  ASSERT_TRUE(scene.send(legacy_packet(1, -61, hex("020106"))));
  ASSERT_TRUE(scene.wait_adverts(1));
  EXPECT_EQ(to_hex(scene.adverts()[0].payload.view()), "020106");
  EXPECT_EQ(source.status().source, "hci");
  EXPECT_EQ(source.status().state, "hearing");
  EXPECT_EQ(source.status().detail, "hci3, from the kernel");
}

TEST_F(HciSourceTest, TheRadiosTroublesAreOurs) {
  start();
  scene.ends("no bluetoothd");
  ASSERT_TRUE(scene.wait_told({"down: no bluetoothd"}));
  EXPECT_EQ(source.status().state, "no bluetoothd");
  EXPECT_EQ(source.status().detail, "as told");
  scene.scans("hci0");
  scene.ends("powered off");
  ASSERT_TRUE(scene.wait_told({"down: no bluetoothd", "up", "down: powered off"}));
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_told({"down: no bluetoothd", "up", "down: powered off", "up"}));
  EXPECT_EQ(scene.opened().size(), 1U) << "a bound socket outlives power cycles";
}

TEST_F(HciSourceTest, AdvertsOfAScanThatNobodyOwnsAreHeard) {
  start();
  scene.scans("hci0");
  scene.ends("no bluetoothd");
  ASSERT_TRUE(scene.wait_told({"up", "down: no bluetoothd"}));
  ASSERT_TRUE(scene.send(legacy_packet(1, -61, {})));
  EXPECT_TRUE(scene.wait_adverts(1));
}

TEST_F(HciSourceTest, AnotherAdapterIsAnotherSocket) {
  start();
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_told({"up"}));
  scene.scans("hci1");
  ASSERT_TRUE(scene.wait_opened(2));
  EXPECT_THAT(scene.opened(), ElementsAre(0U, 1U));
  ASSERT_TRUE(scene.send(legacy_packet(1, -61, {})));
  EXPECT_TRUE(scene.wait_adverts(1));
  EXPECT_THAT(scene.told(), ElementsAre("up"));
}

TEST_F(HciSourceTest, UnpluggedIsDownAndBackIsUp) {
  start();
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_told({"up"}));
  scene.refuse(OpenFailure::no_adapter);
  scene.unplug();
  ASSERT_TRUE(scene.wait_told({"up", "down: no adapter", "up"}));
  EXPECT_THAT(scene.opened(), ElementsAre(0U, 0U, 0U));
  EXPECT_THAT(scene.starts(), ElementsAre("control")) << "a missing adapter is no reason to fall back";
}

TEST_F(HciSourceTest, UnpluggedWhileTheRadioIsDownTakesAFreshSocket) {
  start();
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_told({"up"}));
  scene.ends("no adapter");
  ASSERT_TRUE(scene.wait_told({"up", "down: no adapter"}));
  scene.unplug();
  scene.scans("hci0");
  // Whichever of the two is seen first.
  ASSERT_TRUE(scene.wait([](const Scene& now) { return now.opened_.size() == 2 && now.told_.back() == "up"; }));
  ASSERT_TRUE(scene.send(legacy_packet(1, -61, {})));
  EXPECT_TRUE(scene.wait_adverts(1));
}

TEST_F(HciSourceTest, CountsAreInTheStatus) {
  start();
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_told({"up"}));
  ASSERT_TRUE(scene.send(hex("043e0102")));
  ASSERT_TRUE(scene.send(legacy_packet(1, -61, {})));
  ASSERT_TRUE(scene.wait_adverts(1));
  source.stop();
  EXPECT_EQ(counter("adverts"), 1U);
  EXPECT_EQ(counter("packets"), 2U);
  EXPECT_EQ(counter("malformed"), 1U);
  EXPECT_EQ(counter("kernel_drops"), 0U);
  EXPECT_EQ(counter("queue_drops"), 0U);
  EXPECT_EQ(counter("fallbacks"), 0U);
}

TEST_F(HciSourceTest, StopsTwiceAndStartsAgain) {
  start();
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_told({"up"}));
  source.stop();
  source.stop();
  EXPECT_EQ(source.status().state, "stopped");
  ASSERT_TRUE(source.start(scene));
  ASSERT_TRUE(scene.wait_starts(2));
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_told({"up", "up"}));
  EXPECT_FALSE(source.start(scene)) << "it runs";
}

}  // namespace
}  // namespace aisle::hci::testing
