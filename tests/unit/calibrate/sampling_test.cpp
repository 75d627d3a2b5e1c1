#include "agent/calibrate/sampling.hpp"

#include <gtest/gtest.h>

#include "tests/unit/calibrate/walk.hpp"

namespace aisle::calibrate {
namespace {

const GatewayId kOwn("g1"), kOther("g2");
using State = Sampling::State;

TEST(Sampling, EndsWhenAReceiverOfTheZoneHasEnough) {
  Sampling sampling({kOwn}, 3, at(0));
  sampling.hear(kOwn, {at(1), -60});
  for (int i = 0; i < 5; ++i) sampling.hear(kOther, {at(1), -50});
  sampling.hear(kOwn, {at(2), -61});
  sampling.hear(kOwn, {at(2), -58, true});
  EXPECT_EQ(sampling.count(), 2U) << "one advert at two adapters is one";
  EXPECT_EQ(sampling.state(), State::running);
  sampling.hear(kOwn, {at(3), -62});
  EXPECT_EQ(sampling.state(), State::enough);
  sampling.hear(kOwn, {at(4), -62});
  EXPECT_EQ(sampling.samples().at(kOwn).size(), 4U);
  EXPECT_EQ(sampling.samples().at(kOther).size(), 5U) << "for the zones of that one this place is outside";
}

TEST(Sampling, APhoneThatGoesSilentEndsIt) {
  Sampling sampling({kOwn}, 40, at(0));
  sampling.hear(kOwn, {at(1), -60});
  sampling.pass(at(10.9));
  EXPECT_EQ(sampling.state(), State::running);
  sampling.hear(kOther, {at(10.95), -60});
  sampling.pass(at(11));
  EXPECT_EQ(sampling.state(), State::silent) << "what others hear is no sign of life here";
  sampling.hear(kOwn, {at(12), -60});
  EXPECT_EQ(sampling.count(), 1U);
}

TEST(Sampling, OneThatWasNeverHeardTooAndASlowOneIsOutOfTime) {
  Sampling never({kOwn}, 40, at(5));
  never.pass(at(15));
  EXPECT_EQ(never.state(), State::silent);
  Sampling slow({kOwn}, 1000, at(0));
  for (int second = 5; second <= 305; second += 5) slow.hear(kOwn, {at(second), -60});
  EXPECT_EQ(slow.state(), State::out_of_time);
}

}  // namespace
}  // namespace aisle::calibrate
