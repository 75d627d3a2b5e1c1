#include "ble/hci/scan_watch.hpp"

#include <gtest/gtest.h>

#include "tests/unit/hci/packets.hpp"

namespace aisle::hci {
namespace {

using testing::hex;
using Scan = ScanWatch::Scan;

class ScanWatchTest : public ::testing::Test {
 protected:
  // Each a second after the one before.
  bool see(const char* packet) { return watch.see(hex(packet), now += seconds(1)); }
  ScanWatch watch;
  SteadyTime now{seconds(1000)};
};

TEST_F(ScanWatchTest, KnowsNothingAtFirst) {
  EXPECT_EQ(watch.scan(now), Scan::unknown);
  see("010c20020100");
  EXPECT_EQ(watch.scan(now), Scan::unknown) << "not answered yet";
}

TEST_F(ScanWatchTest, AScanIsOnOnceItIsAnswered) {
  see("010b200701120012000000");
  see("040e04010b2000");
  see("010c20020100");
  see("040e04010c2000");
  EXPECT_EQ(watch.scan(now), Scan::on);
  EXPECT_EQ(watch.since(), now);
  see("010c20020000");
  see("040e04010c2000");
  EXPECT_EQ(watch.scan(now), Scan::off);
}

TEST_F(ScanWatchTest, ExtendedOnesToo) {
  see("01422006010000000000");
  see("040e0401422000");
  EXPECT_EQ(watch.scan(now), Scan::on);
  see("01422006000000000000");
  see("040e0401422000");
  EXPECT_EQ(watch.scan(now), Scan::off);
}

TEST_F(ScanWatchTest, ARefusedScanHasAStatus) {
  see("010c20020100");
  see("040e04010c2003");
  EXPECT_EQ(watch.scan(now), Scan::refused);
  EXPECT_EQ(watch.status(), 3);
  see("010c20020100");
  see("040f0401010c20");  // by Command Status: unknown command
  EXPECT_EQ(watch.status(), 1);
}

TEST_F(ScanWatchTest, RefusedParametersAreARefusedScan) {
  see("010b200701120012000000");
  see("040e04010b2012");
  EXPECT_EQ(watch.scan(now), Scan::refused);
  EXPECT_EQ(watch.status(), 0x12);
}

TEST_F(ScanWatchTest, AScanThatCannotBeEndedIsRefusedToo) {
  see("010c20020100");
  see("040e04010c2000");
  see("010c20020000");
  see("040e04010c2003");
  EXPECT_EQ(watch.scan(now), Scan::refused);
}

TEST_F(ScanWatchTest, AnAnswerMayBeMissing) {
  see("010c20020100");
  see("040e04010c2000");
  see("010c20020000");
  EXPECT_EQ(watch.scan(now + ScanWatch::kAnswer - Duration{1}), Scan::on);
  EXPECT_EQ(watch.scan(now + ScanWatch::kAnswer), Scan::unanswered);
  EXPECT_EQ(watch.since(), now);
  see("040e04010c2000");
  EXPECT_EQ(watch.scan(now + ScanWatch::kAnswer), Scan::off);
}

TEST_F(ScanWatchTest, AResetEndsIt) {
  see("010c20020100");
  see("040e04010c2000");
  see("040e0401030c00");
  EXPECT_EQ(watch.scan(now), Scan::off);
  watch.forget();
  EXPECT_EQ(watch.scan(now), Scan::unknown);
}

TEST_F(ScanWatchTest, ReportsAndShortPacketsAreNotItsBusiness) {
  EXPECT_FALSE(watch.see(testing::legacy_packet(1, -60, {}), now));
  EXPECT_FALSE(watch.see({}, now));
  EXPECT_TRUE(see("01"));
  EXPECT_TRUE(see("040e"));
  EXPECT_EQ(watch.scan(now), Scan::unknown);
}

}  // namespace
}  // namespace aisle::hci
