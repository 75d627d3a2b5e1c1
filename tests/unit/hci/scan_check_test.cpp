#include "ble/hci/scan_check.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/hci/packets.hpp"

namespace aisle::hci {
namespace {

using testing::hex;

class ScanCheckTest : public ::testing::Test {
 protected:
  ScanCheckTest() { check.forget(now); }
  void enabled() { answered("00"); }
  void refused() { answered("03"); }
  void answered(const std::string& status) {
    watch.see(hex("010c20020100"), now);
    watch.see(hex("040e04010c20" + status), now);
  }
  // What is asked for within that time, once a second.
  std::vector<Remedy> during(seconds time) {
    std::vector<Remedy> out;
    for (auto i = time.count(); i > 0; --i) {
      now += seconds(1);
      if (const Remedy what = check.look(watch, heard_at, passive, now); what != Remedy::none) out.push_back(what);
    }
    return out;
  }

  SteadyTime now{seconds(1000)};
  SteadyTime heard_at{};
  bool passive = true;
  ScanWatch watch;
  ScanCheck check;
};

TEST_F(ScanCheckTest, AScanThatIsOnIsNoFailure) {
  enabled();
  EXPECT_TRUE(during(seconds(60)).empty());
  EXPECT_FALSE(check.failed());
}

TEST_F(ScanCheckTest, ARefusedOneIsAskedForAgainAndThenThePowerGoes) {
  refused();
  EXPECT_EQ(during(seconds(15)), (std::vector{Remedy::probe, Remedy::probe, Remedy::probe, Remedy::power_cycle}));
  EXPECT_TRUE(check.failed());
  EXPECT_NE(check.why().find("0x03"), std::string::npos) << check.why();
  enabled();
  EXPECT_TRUE(during(seconds(10)).empty());
  EXPECT_FALSE(check.failed());
  EXPECT_EQ(check.failures(), 1U);
}

TEST_F(ScanCheckTest, ThePowerGoesLessAndLessOften) {
  refused();
  int cycles = 0;
  for (const Remedy what : during(seconds(600))) cycles += what == Remedy::power_cycle ? 1 : 0;
  EXPECT_EQ(cycles, 7) << "after 14, 36, 80 and 168 s, then every 120 s or so";
}

TEST_F(ScanCheckTest, AScanOfWhichNothingWasSeenIsAskedForOnce) {
  EXPECT_EQ(during(seconds(4)), (std::vector{Remedy::probe}));
  enabled();
  EXPECT_TRUE(during(seconds(10)).empty());
  EXPECT_FALSE(check.failed());
}

TEST_F(ScanCheckTest, AMonitorWhoseScanNeverBeginsIsAFailure) {
  (void)during(seconds(10));
  EXPECT_TRUE(check.failed());
  EXPECT_NE(check.why().find("LE"), std::string::npos) << check.why();
}

TEST_F(ScanCheckTest, AnInquiryBetweenIsNoFailure) {
  enabled();
  watch.see(hex("040e0401030c00"), now);  // reset, which ends it
  EXPECT_TRUE(during(seconds(12)).empty());
  EXPECT_FALSE(check.failed());
  EXPECT_EQ(during(seconds(1)), (std::vector{Remedy::probe}));
  EXPECT_TRUE(check.failed());
}

TEST_F(ScanCheckTest, OfADiscoveryNothingIsMissed) {
  passive = false;
  EXPECT_TRUE(during(seconds(60)).empty());
  EXPECT_FALSE(check.failed());
}

TEST_F(ScanCheckTest, AdvertsSayMoreThanNews) {
  refused();
  (void)during(seconds(10));
  ASSERT_TRUE(check.failed());
  heard_at = now;
  EXPECT_TRUE(during(seconds(10)).empty());
  EXPECT_FALSE(check.failed());
}

TEST_F(ScanCheckTest, AnotherSocketKnowsNothing) {
  refused();
  (void)during(seconds(10));
  watch.forget();
  check.forget(now);
  EXPECT_FALSE(check.failed());
}

}  // namespace
}  // namespace aisle::hci
