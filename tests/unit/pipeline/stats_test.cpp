// The account of every advert.
#include <numeric>

#include "ble/identity/token.hpp"
#include "tests/unit/pipeline/pipeline_rig.hpp"

namespace aisle::pipeline {
namespace {

class Account : public PipelineTest {
 protected:
  void expect_adds_up() {
    const auto& stats = pipeline_->adverts();
    EXPECT_EQ(stats.adverts, std::accumulate(stats.by_kind.begin(), stats.by_kind.end(), std::uint64_t{0}) +
                                 stats.unknown + stats.malformed);
    EXPECT_EQ(stats.adverts, stats.resolved + stats.refused + stats.unresolved);
    EXPECT_EQ(stats.refused, stats.refused_replay + stats.refused_ambiguous + stats.refused_rssi);
  }
};

TEST_F(Account, AnUnknownSignalStrengthIsRefused) {
  pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0}));
  for (const int rssi : {127, 0, -127}) {
    for (int i = 0; i < 5; ++i) hear(seconds{i + 1}, 1, rssi);
  }
  EXPECT_TRUE(take().empty());
  EXPECT_EQ(pipeline_->adverts().refused_rssi, 15U);
  EXPECT_EQ(pipeline_->adverts().resolved, 0U);
  expect_adds_up();
}

TEST_F(Account, AnIdentifierOfTwoIsRefused) {
  pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0}));
  pipeline_->upsert_customer(customer("c-2", 1), after(Duration{0}));
  hear_steadily(seconds{1}, seconds{11}, 1);
  EXPECT_TRUE(take().empty());
  EXPECT_EQ(pipeline_->adverts().refused_ambiguous, 5U);
  expect_adds_up();
}

// A recorded token that is played again after a newer one was heard.
TEST_F(Account, AReplayedTokenIsRefused) {
  auto who = customer("c-1", 1);
  who.static_ids.clear();
  who.devices = {Device{7, 0}};
  pipeline_->upsert_customer(who, after(Duration{0}));
  Key128 key{};
  key[0] = std::byte{0x75};
  pipeline_->add_keys({DayKey{7, utc_day(kStart), key}});
  const auto token = [&](UnixTime at) {
    const auto rpi = identity::derive_rpi(identity::derive_rpik(key), token_interval(at));
    return from_hex("11074f324f10" + to_hex(std::span(rpi).first(12))).value();
  };
  hear_payload(seconds{1}, token(kStart));
  hear_payload(seconds{601}, token(kStart + seconds{601}));
  hear_payload(seconds{602}, token(kStart));
  EXPECT_EQ(pipeline_->adverts().resolved, 2U);
  EXPECT_EQ(pipeline_->adverts().refused_replay, 1U);
  expect_adds_up();
}

// What came before the fault still says whose it is, what comes after it does not.
TEST_F(Account, AMalformedPayloadIsResolvedByWhatCameBeforeTheFault) {
  pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0}));
  const Bytes sound = ibeacon(1);
  const Bytes fault = from_hex("05ff1801beac").value();
  Bytes first = fault;
  first.insert(first.end(), sound.begin(), sound.end());
  hear_payload(seconds{1}, first);
  EXPECT_EQ(pipeline_->adverts().resolved, 0U);
  Bytes last = sound;
  last.insert(last.end(), fault.begin(), fault.end());
  hear_payload(seconds{2}, last);
  EXPECT_EQ(pipeline_->adverts().resolved, 1U);
  EXPECT_EQ(pipeline_->adverts().malformed, 2U);
  expect_adds_up();
}

TEST_F(Account, EveryPayloadIsOfOneKind) {
  pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0}));
  hear(seconds{1}, 1);
  hear(seconds{1}, 99);                                      // nobody's
  hear_payload(seconds{2}, {});                              // nothing in it
  hear_payload(seconds{2}, from_hex("020106").value());      // flags only
  hear_payload(seconds{3}, from_hex("1aff4c0002").value());  // cut off
  hear_payload(seconds{4}, from_hex("0303aafe0d16aafe30eea9b76a71c5f89290").value());
  hear_payload(seconds{5}, Bytes(1650, std::byte{0xff}));
  const auto& stats = pipeline_->adverts();
  EXPECT_EQ(stats.adverts, 7U);
  EXPECT_EQ(stats.by_kind[static_cast<std::size_t>(BeaconKind::ibeacon)], 2U);
  EXPECT_EQ(stats.by_kind[static_cast<std::size_t>(BeaconKind::eddystone_eid)], 1U);
  EXPECT_EQ(stats.unknown, 2U);
  EXPECT_EQ(stats.malformed, 2U);
  EXPECT_EQ(stats.resolved, 1U);
  expect_adds_up();
  const auto shown = stats.to_json();
  EXPECT_EQ(shown["by_kind"]["ibeacon"], 2);
  EXPECT_EQ(shown["by_kind"].size(), kBeaconKinds);
}

// Time never goes backwards, whatever the stamps say.
TEST_F(Account, AnOlderStampCountsAsNow) {
  pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0}));
  hear(seconds{100}, 1);
  hear(seconds{50}, 1);
  EXPECT_EQ(pipeline_->now().mono, after(seconds{100}).mono);
  EXPECT_EQ(pipeline_->adverts().resolved, 2U);
}

}  // namespace
}  // namespace aisle::pipeline
