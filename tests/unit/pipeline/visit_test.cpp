// From adverts to the events of a visit, with the members that the contract names.
#include "tests/unit/pipeline/pipeline_rig.hpp"

namespace aisle::pipeline {
namespace {

class VisitEvents : public PipelineTest {
 protected:
  void SetUp() override {
    pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0}));
    pipeline_->offers().upsert(offer("latte"));
  }
};

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> out;
  for (const auto& entry : object.items()) out.push_back(entry.key());
  return out;
}

TEST_F(VisitEvents, BeginWithVisitZoneAndOfferInThisOrder) {
  hear_steadily(seconds{1}, seconds{11}, 1);
  const auto events = take();
  ASSERT_EQ(types(events), (std::vector<std::string>{"visit.started", "zone.entered", "offer.decided"}));
  for (const auto& event : events) {
    EXPECT_EQ(event.customer, "c-1");
    EXPECT_EQ(event.data["customer_id"], "c-1");
    EXPECT_EQ(event.data["visit_id"], events[0].data["visit_id"]);
    EXPECT_FALSE(event.time_estimated);
  }
  EXPECT_EQ(events[0].data["visit_id"].get<std::string>().size(), 16U);
  EXPECT_EQ(events[0].data["assurance"], "static");
  EXPECT_EQ(events[0].data["carrier"], "ibeacon");
  EXPECT_EQ(events[1].data["zone_id"], "coffee");
  EXPECT_EQ(events[1].data["evidence"]["method"], "rssi");
  EXPECT_EQ(events[1].data["evidence"]["rssi_dbm"], -50.0);
  EXPECT_EQ(events[1].data["evidence"]["samples"], 3);
  EXPECT_EQ(events[1].time, kStart + seconds{5}) << "the third advert";
  EXPECT_EQ(events[2].durability, EventClass::ledger);
  EXPECT_EQ(events[1].durability, EventClass::presence);
}

TEST_F(VisitEvents, AnOfferHasWhatTheContractNames) {
  auto with_coupon = offer("latte");
  with_coupon.coupon = Coupon{"X1", false};
  with_coupon.ttl = seconds{60};
  pipeline_->offers().upsert(with_coupon);
  hear_steadily(seconds{1}, seconds{7}, 1);
  const auto events = take();
  const Event* decided = find(events, "offer.decided");
  ASSERT_NE(decided, nullptr);
  const Json& data = decided->data;
  EXPECT_EQ(keys(data), (std::vector<std::string>{"visit_id", "customer_id", "offer_id", "offer_version", "decision_id",
                                                  "zone_id", "trigger", "content", "coupon_ref", "reasons", "holdout",
                                                  "assurance", "expires_at"}));
  EXPECT_EQ(data["offer_version"], 3);
  EXPECT_EQ(data["trigger"], "enter");
  EXPECT_EQ(data["content"]["title"], "Latte");
  EXPECT_EQ(data["coupon_ref"], "X1");
  EXPECT_EQ(data["holdout"], false);
  EXPECT_EQ(data["expires_at"], format_rfc3339(decided->time + seconds{60}));
  // What is remembered is what was said.
  ASSERT_EQ(last_.decisions.size(), 1U);
  EXPECT_EQ(data["decision_id"], last_.decisions[0].id);
  EXPECT_EQ(last_.decisions[0].decision.offer, "latte");
  EXPECT_EQ(last_.decisions[0].decision.at, decided->time);
}

TEST_F(VisitEvents, SilenceAfterTheSourcesEndEndsThem) {
  hear_steadily(seconds{1}, seconds{91}, 1);
  pipeline_->on_item(SourceEnd{});
  const auto events = take();
  EXPECT_EQ(types(events), (std::vector<std::string>{"visit.started", "zone.entered", "offer.decided", "zone.dwelled",
                                                     "zone.exited", "visit.ended"}));
  const Event& dwelled = events[3];
  EXPECT_EQ(dwelled.data["dwell_s"], 60);
  const Event& ended = events[5];
  EXPECT_EQ(ended.time, kStart + seconds{89}) << "timed at the last advert";
  EXPECT_EQ(ended.data["reason"], "left");
  EXPECT_EQ(ended.data["duration_s"], 84);
  ASSERT_EQ(ended.data["zones"].size(), 1U);
  EXPECT_EQ(ended.data["zones"][0]["zone_id"], "coffee");
  EXPECT_EQ(ended.data["zones"][0]["entered"], format_rfc3339(kStart + seconds{5}));
  EXPECT_FALSE(pipeline_->next_deadline()) << "nobody is left";
}

TEST_F(VisitEvents, VisitsOfADayAreNumberedAlsoAcrossARestart) {
  pipeline_->restore({}, {{"c-1", utc_day(kStart), 4}});
  hear_steadily(seconds{1}, seconds{7}, 1);
  take();
  ASSERT_EQ(last_.visits.size(), 1U);
  EXPECT_EQ(last_.visits[0].number, 5U);
  const std::string first = find(last_.events, "visit.started")->data["visit_id"];
  hear_steadily(seconds{1000}, seconds{1006}, 1);  // longer away than the gap of 600 s
  take();
  ASSERT_EQ(last_.visits.size(), 1U);
  EXPECT_EQ(last_.visits[0].number, 6U);
  EXPECT_NE(find(last_.events, "visit.started")->data["visit_id"], first);
}

// Somebody who is gone and there again the same day.
class ThereAgain : public VisitEvents {
 protected:
  void SetUp() override {
    VisitEvents::SetUp();
    auto capped = offer("latte");
    capped.caps = {Cap{CapScope::offer, 1, seconds{86400}}};
    pipeline_->offers().upsert(capped);
    hear_steadily(seconds{1}, seconds{7}, 1);
    take();
    ASSERT_EQ(last_.visits.at(0).number, 1U);
    ASSERT_NE(find(last_.events, "offer.decided"), nullptr);
  }
  // The number of the visit, and whether the offer was made.
  std::pair<std::uint32_t, bool> come_back(seconds at) {
    pipeline_->upsert_customer(customer("c-1", 1), after(at));
    take();
    hear_steadily(at + seconds{1}, at + seconds{7}, 1);
    take();
    EXPECT_EQ(last_.visits.size(), 1U);
    return {last_.visits.empty() ? 0 : last_.visits[0].number, find(last_.events, "offer.decided") != nullptr};
  }
};

TEST_F(ThereAgain, WithdrawnTheCapHoldsAndTheNumbersGoOn) {
  pipeline_->withdraw_customer("c-1", after(seconds{10}));
  EXPECT_EQ(come_back(seconds{20}), std::pair(2U, false));
}

TEST_F(ThereAgain, DeletedTheDecisionsAreForgottenAndTheNumbersGoOn) {
  pipeline_->delete_customer("c-1", after(seconds{10}));
  EXPECT_EQ(come_back(seconds{20}), std::pair(2U, true));
  pipeline_->delete_customer("c-1", after(seconds{30}));
  EXPECT_EQ(come_back(seconds{40}), std::pair(3U, true));
}

TEST_F(ThereAgain, DeletedTheNumbersGoOnAcrossARestart) {
  pipeline_->restore({}, {{customer_digest("c-2"), utc_day(kStart), 4}});
  pipeline_->upsert_customer(customer("c-2", 2), after(seconds{10}));
  hear_steadily(seconds{11}, seconds{17}, 2);
  take();
  ASSERT_EQ(last_.visits.size(), 1U);
  EXPECT_EQ(last_.visits[0].customer, "c-2");
  EXPECT_EQ(last_.visits[0].number, 5U);
}

TEST_F(ThereAgain, ErasedNothingIsLeft) {
  pipeline_->delete_customer("c-1", after(seconds{10}));
  EXPECT_EQ(come_back(seconds{20}), std::pair(2U, true));
  pipeline_->erase_customer("c-1", after(seconds{30}));
  EXPECT_EQ(come_back(seconds{40}), std::pair(1U, true));
}

TEST_F(VisitEvents, AReceiverThatGoesDownIsReported) {
  hear_steadily(seconds{1}, seconds{7}, 1);
  take();
  pipeline_->on_item(ReceiverState{after(seconds{8}), {}, false, "gone"});  // no name: our own
  const auto down = take();
  ASSERT_EQ(types(down), (std::vector<std::string>{"coverage.changed"})) << "unknown, not left";
  EXPECT_EQ(down[0].data["zone_id"], "coffee");
  EXPECT_NE(down[0].data["state"], "up");
  pipeline_->on_item(ReceiverState{after(seconds{9}), GatewayId("g1"), true, ""});
  const auto up = take();
  ASSERT_FALSE(up.empty());
  EXPECT_EQ(up[0].data["state"], "up");
}

TEST_F(VisitEvents, AStopOfOursOffersNothingOnTheWayOut) {
  pipeline_->offers().upsert(offer("bye", Trigger::exit));
  hear_steadily(seconds{1}, seconds{7}, 1);
  take();
  pipeline_->end_all(presence::EndReason::coverage_lost, after(seconds{8}));
  const auto events = take();
  EXPECT_EQ(types(events), (std::vector<std::string>{"zone.exited", "visit.ended"}));
  EXPECT_EQ(events.back().data["reason"], "coverage_lost");
}

TEST(PipelineOptionsTest, AnUnknownTimeZoneIsAnError) {
  PipelineOptions options;
  options.timezone = "Mars/Olympus";
  const auto made = Pipeline::create(options);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message().find("Mars/Olympus"), std::string::npos);
}

}  // namespace
}  // namespace aisle::pipeline
