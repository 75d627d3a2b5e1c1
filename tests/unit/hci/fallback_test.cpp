// Without the right or the kernel's support: the adverts come through the control, and the status says why.
#include <gmock/gmock.h>

#include "tests/unit/hci/fake_radio.hpp"

namespace aisle::hci::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HciFallbackTest : public HciSourceTest, public ::testing::WithParamInterface<OpenFailure> {};

TEST_P(HciFallbackTest, AsksTheControlForTheAdvertsAndSaysWhy) {
  scene.refuse(GetParam());
  start();
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_starts(2));
  EXPECT_THAT(scene.starts(), ElementsAre("control", "with adverts"));
  scene.scans("hci0");
  ASSERT_TRUE(wait_state("hearing"));
  EXPECT_EQ(source.status().source, "hci");
  EXPECT_EQ(source.status().detail, "no socket: hearing through bluez instead (hci0)");
  EXPECT_TRUE(scene.told().empty()) << "receiver states are the control's while the adverts are";
  EXPECT_EQ(counter("fallbacks"), 1U);
  EXPECT_EQ(counter("bluez_adverts"), 5U);
  EXPECT_EQ(scene.opened().size(), 1U) << "not tried again while nothing changed";
}

INSTANTIATE_TEST_SUITE_P(Reasons, HciFallbackTest,
                         ::testing::Values(OpenFailure::no_right, OpenFailure::no_bluetooth, OpenFailure::other));

TEST_F(HciSourceTest, AScanThatComesBackIsTheTimeToTryAgain) {
  scene.refuse(OpenFailure::no_right, 2);
  start();
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_starts(2));
  scene.scans("hci0");
  scene.ends("no adapter");
  ASSERT_TRUE(wait_state("no adapter"));
  EXPECT_THAT(source.status().detail, HasSubstr("as told"));
  scene.scans("hci0");
  ASSERT_TRUE(scene.wait_opened(2));  // refused
  ASSERT_TRUE(wait_state("hearing"));
  EXPECT_EQ(scene.starts().size(), 2U);
  scene.scans("hci1");
  ASSERT_TRUE(scene.wait_starts(3));
  EXPECT_THAT(scene.starts(), ElementsAre("control", "with adverts", "control"));
  scene.scans("hci1");
  ASSERT_TRUE(scene.wait_told({"up"}));
  EXPECT_THAT(scene.opened(), ElementsAre(0U, 0U, 1U)) << "the socket that was had is used";
  ASSERT_TRUE(scene.send(legacy_packet(1, -61, {})));
  EXPECT_TRUE(scene.wait_adverts(1));
  EXPECT_EQ(source.status().detail, "hci1, from the kernel");
}

TEST_F(HciSourceTest, AnAdapterOfAnotherKindOfNameFallsBack) {
  start();
  scene.scans("usb-radio");
  ASSERT_TRUE(scene.wait_starts(2));
  EXPECT_TRUE(scene.opened().empty());
}

}  // namespace
}  // namespace aisle::hci::testing
