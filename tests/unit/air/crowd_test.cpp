#include "tests/bench/air/crowd.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/bluez/controller/hci_events.hpp"

namespace aisle::bench {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::uint64_t sum(const std::vector<std::uint32_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

TEST(Crowd, SizesAreThoseOfTheSpecification) {
  EXPECT_EQ(air_time(31), Duration{376});
  EXPECT_EQ(air_time(0), Duration{128});
  rig::ReportEvent event(rig::LeSubevent::legacy_report, 1);
  const Bytes data(31);
  ASSERT_TRUE(event.add(rig::encode_legacy_report({{}, rig::PduKind::nonconn, false, false, Dbm{-60}, data})));
  EXPECT_EQ(event.take().size(), report_bytes(31));
}

TEST(Crowd, OnePhoneAloneNeverCollidesAndLosesOnlyHops) {
  CrowdSpec spec;
  spec.phones = 1;
  spec.every = milliseconds(100);
  spec.length = seconds(3600);
  const auto result = simulate(spec);
  EXPECT_EQ(result.collided, 0U);
  EXPECT_EQ(result.heard, result.caught);
  EXPECT_EQ(sum(result.delivered), result.heard);
  // Of an event within one scan interval one advert is caught; one that the hop from 39 to 37 cuts is lost, and one
  // that another hop cuts between two adverts (124 us) is caught twice.
  const double events = 3600.0 / 0.105;
  EXPECT_NEAR(static_cast<double>(result.caught) / events, 1 - 1.376 / 33.75 + 2 * 0.124 / 33.75, 0.01);
}

// The others begin at times that do not depend on ours: none of them within one air time before or after.
TEST(Crowd, CollidesAsUnslottedAloha) {
  for (const int phones : {2, 50, 200, 500}) {
    CrowdSpec spec;
    spec.phones = static_cast<std::uint32_t>(phones);
    spec.every = milliseconds(100);
    spec.length = seconds(phones < 50 ? 2000 : 60);
    const auto result = simulate(spec);
    const double clear = std::pow(1 - 2 * 0.376 / 105, phones - 1);
    EXPECT_NEAR(share(result.heard, result.caught), clear, phones < 50 ? 0.005 : 0.01) << phones;
  }
}

TEST(Crowd, TheStrongerIsHeardWithCapture) {
  CrowdSpec spec;
  spec.phones = 200;
  const auto without = simulate(spec);
  spec.capture_db = 8;
  const auto with = simulate(spec);
  spec.capture_db = 41;  // more than any two differ
  const auto never = simulate(spec);
  EXPECT_LT(with.collided, without.collided);
  EXPECT_GT(with.collided, 0U);
  EXPECT_EQ(never.collided, without.collided);
}

TEST(Crowd, TheWireIsTheLimit) {
  CrowdSpec spec;
  spec.phones = 200;
  spec.every = milliseconds(100);
  spec.length = seconds(60);
  spec.baud = 115'200;
  const auto result = simulate(spec);
  const double most = 115'200 / 10.0 / static_cast<double>(report_bytes(31));
  EXPECT_GT(result.heard, result.dropped);
  EXPECT_GT(static_cast<double>(result.heard) / 60, most);
  EXPECT_NEAR(static_cast<double>(sum(result.delivered)) / 60, most, most / 50);
  spec.baud = 3'000'000;
  EXPECT_EQ(simulate(spec).dropped, 0U);
}

TEST(Crowd, AskingForScanResponsesCostsAdverts) {
  CrowdSpec spec;
  spec.phones = 200;
  const auto without = simulate(spec);
  spec.scan_responses = true;
  const auto with = simulate(spec);
  EXPECT_EQ(without.deaf, 0U);
  EXPECT_GT(with.deaf, 0U);
  EXPECT_LT(with.heard, without.heard);
  EXPECT_EQ(with.caught, with.deaf + with.collided + with.heard);
}

TEST(Crowd, IsTheSameForTheSameSeed) {
  CrowdSpec spec;
  const auto once = simulate(spec);
  EXPECT_EQ(once.delivered, simulate(spec).delivered);
  spec.seed = 2;
  EXPECT_NE(once.delivered, simulate(spec).delivered);
}

TEST(Crowd, TheShareIsOfPhonesWithSoManyAdverts) {
  CrowdResult result;
  result.delivered = {0, 1, 2, 3};
  EXPECT_DOUBLE_EQ(result.share(1), 0.75);
  EXPECT_DOUBLE_EQ(result.share(3), 0.25);
}

}  // namespace
}  // namespace aisle::bench
