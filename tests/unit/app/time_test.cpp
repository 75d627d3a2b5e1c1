// Boots without a clock, and clocks that jump.
#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

using nlohmann::json;

class TimeTest : public AgentTest {
 protected:
  [[nodiscard]] static UnixTime time_of(const json& event, const char* member = "time") {
    return parse_rfc3339(event[member].get<std::string>()).value();
  }
  static constexpr const char* kOffers =
      R"([{"id":"free","version":1,"content":{"en":{"title":"t","body":"b"}},"zones":["coffee"],"trigger":"enter","priority":1},
          {"id":"dated","version":1,"content":{"en":{"title":"t","body":"b"}},"zones":["coffee"],"trigger":"enter","priority":9,
           "valid_until":"2040-01-01T00:00:00Z"}])";
};

TEST_F(TimeTest, WithoutAClockEventsWaitAndThenGetTheirTime) {
  start();
  import_customers();
  hear(1);
  const SteadyTime entered = clock.steady() - milliseconds(500);  // with the third advert
  run(seconds(60));
  EXPECT_TRUE(events().empty());
  EXPECT_EQ(agent->status()["presence"]["visits_open"], 1);
  EXPECT_EQ(agent->status()["clock_trusted"], false);
  clock.set_wall(kGood);
  const UnixTime booted = kGood - boot.elapsed();
  run(seconds(2));
  ASSERT_EQ(events("zone.entered").size(), 1U);
  const json event = events("zone.entered")[0];
  EXPECT_EQ(time_of(event), booted + (entered - boot.since));
  EXPECT_GE(time_of(event, "recordedtime"), time_of(event));
  EXPECT_LT(time_of(event, "recordedtime"), time_of(event) + seconds(1));
  for (const auto& any : events()) EXPECT_FALSE(any.contains("timequality")) << any;
  expect_in_order();
  run(seconds(700));  // the visit began before the time was known
  ASSERT_EQ(events("visit.ended").size(), 1U);
  const json zone = events("visit.ended")[0]["data"]["zones"][0];
  EXPECT_EQ(time_of(zone, "entered"), time_of(event));
  expect_in_order();
}

TEST_F(TimeTest, EventsDoNotWaitForEver) {
  start("[time]\nwait_s = 120\n");
  import_customers();
  hear(1);
  run(seconds(100));
  EXPECT_TRUE(events().empty());
  run(seconds(30));
  ASSERT_EQ(events("zone.entered").size(), 1U);
  hear(2);
  for (const auto& any : events()) EXPECT_EQ(any["timequality"], "estimated");
  const std::size_t before = events().size();
  clock.set_wall(kGood);
  run(seconds(2));
  hear(3);
  ASSERT_GT(events().size(), before);
  EXPECT_FALSE(events().back().contains("timequality"));
  expect_in_order();
}

TEST_F(TimeTest, AnOfferWithADateIsMadeOnlyOnceTheTimeIsKnown) {
  start();
  import_customers();
  import("offers", kOffers);
  hear(1);
  clock.set_wall(kGood);
  run(seconds(2));
  hear(2);
  const auto made = events("offer.decided");
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0]["data"]["offer_id"], "free");
  EXPECT_EQ(made[1]["data"]["offer_id"], "dated");
}

TEST_F(TimeTest, ACrashBeforeTheTimeIsKnownCostsNoEventAndNoTime) {
  start();
  import_customers();
  hear(1);
  const SteadyTime entered = clock.steady() - milliseconds(500);
  run(seconds(10));
  crash();
  start();
  run(seconds(10));
  EXPECT_TRUE(events().empty());
  clock.set_wall(kGood);
  run(seconds(2));
  ASSERT_EQ(events("zone.entered").size(), 1U);
  EXPECT_EQ(time_of(events("zone.entered")[0]), kGood - (clock.steady() - seconds(2) - entered));
  EXPECT_EQ(events("epoch.started").size(), 2U);
  EXPECT_FALSE(events("epoch.started")[1]["data"]["previous_epoch"].is_null());
  expect_in_order();
}

TEST_F(TimeTest, AfterAnotherBootTheTimeStaysAnEstimate) {
  start();
  import_customers();
  hear(1);
  run(seconds(10));
  crash();
  boot.name = "boot-2";
  boot.since = clock.steady();
  start();
  run(seconds(1));
  ASSERT_EQ(events("zone.entered").size(), 1U);
  EXPECT_EQ(events("zone.entered")[0]["timequality"], "estimated");
  EXPECT_EQ(events("epoch.started").size(), 1U);  // the new one waits for its own time
  clock.set_wall(kGood);
  run(seconds(2));
  EXPECT_FALSE(events("epoch.started")[1].contains("timequality"));
  expect_in_order();
}

TEST_F(TimeTest, AnEstimateIsNotBeforeWhatTheDiskSpeaksOf) {
  clock.set_wall(kGood);
  start();
  import_customers();
  hear(1);
  crash();
  boot.name = "boot-2";
  boot.since = clock.steady();
  clock.set_wall(kBoot1970);
  start("[time]\nwait_s = 0\n");
  run(seconds(2));
  const auto begun = events("epoch.started").back();
  EXPECT_EQ(begun["timequality"], "estimated");
  EXPECT_GE(time_of(begun), kGood);
}

TEST_F(TimeTest, TlsWaitsForTheClockWhereItIsTo) {
  start("[sync]\ntls = true\nwait_for_clock = true\n");
  import_customers();
  hear(1);
  run(seconds(700));
  EXPECT_EQ(transport->connects, 0);
  EXPECT_EQ(agent->status()["sync"]["state"], "waiting for the clock");
  clock.set_wall(kGood);
  run(seconds(2));
  EXPECT_EQ(transport->connects, 1);
  go_online();
  run(seconds(2));
  EXPECT_EQ(events("zone.entered").size(), 1U);
  expect_in_order();
}

TEST_F(TimeTest, JumpsNeitherReorderNorDoubleNorBlock) {
  clock.set_wall(kGood);
  start();
  import_customers();
  import("offers",
         R"([{"id":"once","version":1,"content":{"en":{"title":"t","body":"b"}},"zones":["coffee"],"trigger":"enter",
      "priority":1,"caps":[{"scope":"offer","count":1,"period_s":3600}]}])");
  hear(1);
  std::size_t before = events().size();
  for (const UnixTime wall :
       {kGood + std::chrono::hours(24), kGood, kGood - std::chrono::hours(24), kBoot1970, kGood}) {
    clock.set_wall(wall);
    run(seconds(60));
    hear(1);
    hear(2);
    run(seconds(60));
    EXPECT_GT(events().size(), before);
    before = events().size();
  }
  expect_in_order();
  EXPECT_EQ(agent->status()["clock_jumps"], 4);  // 1970 is not followed
  for (const auto& event : events()) {
    EXPECT_GE(time_of(event), kGood - std::chrono::hours(25)) << event;
    EXPECT_FALSE(event.contains("timequality"));
  }
  run(seconds(700));
  ASSERT_FALSE(events("visit.ended").empty());
  for (const auto& ended : events("visit.ended")) {
    for (const auto& zone : ended["data"]["zones"]) EXPECT_LE(time_of(zone, "entered"), time_of(zone, "left")) << ended;
  }
}

TEST_F(TimeTest, AClockThatWasAheadForAWhileDoesNotForgetACap) {
  clock.set_wall(kGood);
  start();
  import_customers();
  import("offers",
         R"([{"id":"daily","version":1,"content":{"en":{"title":"t","body":"b"}},"zones":["coffee"],"trigger":"enter",
      "priority":1,"caps":[{"scope":"offer","count":1,"period_s":3600}]}])");
  hear(1);
  EXPECT_EQ(events("offer.decided").size(), 1U);
  clock.set_wall(kGood + std::chrono::hours(24));
  run(seconds(60));
  clock.set_wall(kGood + seconds(120));
  run(seconds(60));
  hear(1);  // the stay ended in the silence: a new entry
  EXPECT_EQ(events("offer.decided").size(), 1U);
  EXPECT_GE(events("zone.entered").size(), 2U);
}

TEST_F(TimeTest, AClockThatWasSetBackDoesNotMakeConsentYounger) {
  clock.set_wall(kGood);
  start("consent_max_age_h = 1\n");
  import_customers();
  run(seconds(1800));
  clock.set_wall(kGood - std::chrono::hours(24));
  run(seconds(1790));
  EXPECT_EQ(agent->status()["customers_usable"], true);
  run(seconds(30));
  EXPECT_EQ(agent->status()["customers_usable"], false);
}

}  // namespace
}  // namespace aisle::app
