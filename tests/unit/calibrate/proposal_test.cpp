#include "agent/calibrate/proposal.hpp"

#include <gmock/gmock.h>

#include "agent/calibrate/advice.hpp"
#include "tests/unit/calibrate/walk.hpp"

namespace aisle::calibrate {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;

std::vector<Place> one(std::vector<double> levels) {
  return {{"the border", std::move(levels)}};
}

TEST(Levels, AreThoseOfPresence) {
  const std::vector<Sample> samples = {{at(1), -60}, {at(2), -62}, {at(3), -61}, {at(4), -20}, {at(30), -61}};
  // Of three the median; the fourth is beyond the fence; 26 s later one sample is not enough.
  EXPECT_EQ(smoothed_levels(samples, {}, 3).size(), 2U);
  EXPECT_EQ(smoothed_levels(samples, {}, 3)[0], -61);
  EXPECT_EQ(smoothed_levels(samples, {}, 1).size(), 5U);
  EXPECT_EQ(smoothed_levels(samples, {seconds{15}, 1}, 2).size(), 3U) << "the ring holds min_samples at least";
}

TEST(Levels, OfOneAdvertAtTwoAdaptersTheStrongerCounts) {
  const std::vector<Sample> samples = {{at(1), -70}, {at(1), -60, true}, {at(2), -60}};
  EXPECT_EQ(smoothed_levels(samples, {}, 2), (std::vector<double>{-60}));
}

TEST(Levels, SharesAndSpreads) {
  const std::vector<double> sorted = {-80, -70, -70, -60};
  EXPECT_DOUBLE_EQ(share_below(sorted, -70), 0.25);
  EXPECT_DOUBLE_EQ(share_below(sorted, -69), 0.75);
  EXPECT_DOUBLE_EQ(share_below({}, -69), 0);
  EXPECT_DOUBLE_EQ(spread_of(sorted).median, -70);
  EXPECT_EQ(spread_of({}).levels, 0U);
}

TEST(Proposal, OfPlacesFarApartIsTheMiddleBetweenThem) {
  const auto proposal = propose(levels(standing(-55, 3, 60)), one(levels(standing(-85, 3, 60))));
  EXPECT_EQ(proposal.verdict, Verdict::separated);
  EXPECT_THAT(proposal.enter_rssi, AllOf(Ge(-72), Le(-68)));
  EXPECT_EQ(proposal.exit_rssi, proposal.enter_rssi - kMostHysteresis);
  EXPECT_EQ(proposal.missed, 0);
  EXPECT_EQ(proposal.entering, 0);
  EXPECT_EQ(proposal.staying, 0);
  EXPECT_NEAR(proposal.inside.median, -55, 2);
  EXPECT_EQ(proposal.outside_name, "the border");
  EXPECT_THAT(advice(proposal), IsEmpty());
}

// What is gained by hysteresis is lost where people outside never fall below it.
TEST(Proposal, OfPlacesCloseByKeepsTheExitAboveTheOutside) {
  const auto outside = levels(standing(-73, 1, 80));
  const auto proposal = propose(levels(standing(-63, 1, 80)), one(outside));
  EXPECT_EQ(proposal.verdict, Verdict::separated);
  EXPECT_GE(proposal.exit_rssi, proposal.enter_rssi - kMostHysteresis);
  EXPECT_LE(proposal.exit_rssi, proposal.enter_rssi - kLeastHysteresis);
  EXPECT_GT(proposal.exit_rssi, -73);
  EXPECT_LE(proposal.staying, 0.1);
}

TEST(Proposal, OfOverlappingPlacesSaysSoAndByHowMuch) {
  const auto proposal = propose(levels(standing(-66, 9, 200)), one(levels(standing(-69, 9, 200, 2))));
  EXPECT_EQ(proposal.verdict, Verdict::overlapping);
  EXPECT_GT(proposal.missed + proposal.entering, 0.1);
  EXPECT_THAT(finding(proposal), AllOf(HasSubstr("OVERLAPS with the border"),
                                       HasSubstr(std::to_string(std::lround(proposal.missed * 100)) + " % of")));
  EXPECT_FALSE(advice(proposal).empty());
}

// No threshold is better than 1 wrong in all: the same place twice.
TEST(Proposal, OfTheSamePlaceTwiceIsTheWorstThereIs) {
  const auto same = levels(standing(-66, 4, 200));
  const auto proposal = propose(same, one(same));
  EXPECT_EQ(proposal.verdict, Verdict::overlapping);
  EXPECT_GT(proposal.missed + proposal.entering, 0.85);
  EXPECT_THAT(advice(proposal)[0], HasSubstr("hears both places alike"));
}

TEST(Proposal, NothingIsBetterThanTheThresholdThatIsChosen) {
  const auto inside = levels(standing(-64, 8, 150));
  const auto outside = levels(standing(-70, 8, 150, 7));
  const auto proposal = propose(inside, one(outside));
  const auto wrong = [&](int threshold) {
    return share_below(inside, threshold) + 1 - share_below(outside, threshold);
  };
  // The trimming may cost a twentieth on each side.
  for (int threshold = -90; threshold < -40; ++threshold)
    EXPECT_LE(proposal.missed + proposal.entering, wrong(threshold) + 0.1) << threshold;
}

TEST(Proposal, IsNotMovedByASingleOutlier) {
  auto inside = levels(standing(-55, 3, 60));
  auto outside = levels(standing(-85, 3, 60));
  const auto before = propose(inside, one(outside));
  inside.insert(inside.begin(), -95);  // a body stood between
  outside.push_back(-40);              // a reflection
  const auto after = propose(inside, one(outside));
  EXPECT_NEAR(after.enter_rssi, before.enter_rssi, 1);
  EXPECT_EQ(after.verdict, Verdict::separated);
  EXPECT_GT(after.entering, 0) << "it is told all the same";
}

TEST(Proposal, OfTooFewSamplesIsNone) {
  const auto proposal = propose(levels(standing(-55, 3, 11)), one(levels(standing(-85, 3, 60))));
  EXPECT_EQ(proposal.inside.levels, 9U);
  EXPECT_EQ(proposal.verdict, Verdict::too_few);
  EXPECT_THAT(finding(proposal), HasSubstr("9 levels inside, 10 are needed"));
  EXPECT_EQ(propose({}, {}).verdict, Verdict::too_few);
}

TEST(Proposal, WithoutAnOutsideStaysBelowTheInside) {
  const auto inside = levels(standing(-60, 2, 60));
  for (const auto& outside : {std::vector<Place>{}, one(levels(standing(-90, 1, 5)))}) {
    const auto proposal = propose(inside, outside);
    EXPECT_EQ(proposal.verdict, Verdict::no_outside);
    EXPECT_LE(proposal.enter_rssi, spread_of(inside).low - kBodyAllowance);
    EXPECT_EQ(proposal.missed, 0);
    EXPECT_THAT(finding(proposal), HasSubstr("nothing was heard outside"));
  }
}

TEST(Proposal, IsMadeAgainstTheLoudestPlaceOutside) {
  const std::vector<Place> places = {{"far", levels(standing(-95, 2, 60))}, {"near", levels(standing(-75, 2, 60))}};
  const auto proposal = propose(levels(standing(-55, 2, 60)), places);
  EXPECT_EQ(proposal.outside_name, "near");
  EXPECT_THAT(proposal.enter_rssi, AllOf(Ge(-67), Le(-63)));
}

// What the configuration takes: -127 at least, and the exit below the entry.
TEST(Proposal, IsAlwaysAValidConfiguration) {
  for (const double inside : {-127.0, -100.0, 0.0, 20.0}) {
    for (const double outside : {-127.0, -60.0, 20.0}) {
      const auto proposal = propose(std::vector<double>(20, inside), one(std::vector<double>(20, outside)));
      EXPECT_GE(proposal.exit_rssi, -127);
      EXPECT_LE(proposal.enter_rssi, 20);
      EXPECT_LE(proposal.exit_rssi, proposal.enter_rssi - kLeastHysteresis);
    }
  }
}

}  // namespace
}  // namespace aisle::calibrate
