#include "ble/source/radio_summary.hpp"

#include <gtest/gtest.h>

namespace aisle {
namespace {

RadioStatus radio(const std::string& adapter, const std::string& state, const std::string& detail = "") {
  return {adapter, "g1", state, detail, {}, {state == "hearing" ? "active" : "none", state}};
}

TEST(RadioSummary, HearingMeansAllOfThem) {
  const auto all = summarize("bluez", {radio("hci0", "hearing", "/a"), radio("hci1", "hearing", "/b")});
  EXPECT_EQ(all.state, "hearing");
  EXPECT_EQ(all.detail, "hci0, hci1");
  EXPECT_EQ(all.scanning.mode, "active");
}

TEST(RadioSummary, WhileSomeHearItNamesThoseThatDoNot) {
  const auto some = summarize(
      "bluez", {radio("hci0", "mute"), radio("hci1", "hearing", "/b"), radio("hci2", "no adapter", "it is gone")});
  EXPECT_EQ(some.state, "degraded");
  EXPECT_EQ(some.detail, "hci0: mute; hci2: no adapter (it is gone)");
  EXPECT_EQ(some.scanning.mode, "mixed");
  EXPECT_EQ(some.scanning.why, "hci0: none, hci1: active, hci2: none");
}

TEST(RadioSummary, ACommonTroubleIsToldAsThatOfOne) {
  const auto same = summarize("hci", {radio("hci0", "no bluetoothd", "why"), radio("hci1", "no bluetoothd", "why")});
  EXPECT_EQ(same.state, "no bluetoothd");
  EXPECT_EQ(same.detail, "why");
  const auto each = summarize("hci", {radio("hci0", "powered off", "a"), radio("hci1", "powered off", "b")});
  EXPECT_EQ(each.state, "powered off");
  EXPECT_EQ(each.detail, "hci0: powered off (a); hci1: powered off (b)");
}

TEST(RadioSummary, NoneHearsForCausesOfTheirOwn) {
  const auto none = summarize("hci", {radio("hci0", "no adapter"), radio("hci1", "powered off", "b")});
  EXPECT_EQ(none.state, "not hearing");
  EXPECT_EQ(none.detail, "hci0: no adapter; hci1: powered off (b)");
}

TEST(RadioSummary, CountersAreSums) {
  auto first = radio("hci0", "hearing");
  auto second = radio("hci1", "hearing");
  first.counters = {{"adverts", 3}, {"fallbacks", 1}};
  second.counters = {{"adverts", 4}, {"bluez_adverts", 2}};
  EXPECT_EQ(summarize("hci", {first, second}).counters,
            (StatusCounters{{"adverts", 7}, {"fallbacks", 1}, {"bluez_adverts", 2}}));
}

}  // namespace
}  // namespace aisle
