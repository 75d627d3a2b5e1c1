// When an offer is made, and what the clock has to do with it.
#include <algorithm>

#include "tests/unit/pipeline/pipeline_rig.hpp"

namespace aisle::pipeline {
namespace {

class Decisions : public PipelineTest {
 protected:
  void SetUp() override { pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0})); }
  std::vector<std::string> offered() {
    std::vector<std::string> out;
    for (const auto& event : take()) {
      if (event.type == "offer.decided")
        out.push_back(event.data["offer_id"].get<std::string>() + " " + event.data["trigger"].get<std::string>());
    }
    return out;
  }
};

TEST_F(Decisions, OnePerTriggerAndStay) {
  auto dwell = offer("dwell", Trigger::dwell);
  dwell.min_dwell = seconds{20};
  pipeline_->offers().upsert(offer("enter"));
  pipeline_->offers().upsert(dwell);
  pipeline_->offers().upsert(offer("exit", Trigger::exit));
  hear_steadily(seconds{1}, seconds{120}, 1);
  pipeline_->on_item(SourceEnd{});
  EXPECT_EQ(offered(), (std::vector<std::string>{"enter enter", "dwell dwell", "exit exit"}));
}

TEST_F(Decisions, ADwellOfferOfNoDwellIsDueOnEntering) {
  auto dwell = offer("dwell", Trigger::dwell);
  dwell.min_dwell = seconds{0};
  pipeline_->offers().upsert(dwell);
  hear_steadily(seconds{1}, seconds{7}, 1);
  EXPECT_EQ(offered(), (std::vector<std::string>{"dwell dwell"}));
}

TEST_F(Decisions, WhatDependsOnTheTimeIsRefusedWhileItIsNotTrusted) {
  auto capped = offer("capped");
  capped.caps = {Cap{CapScope::offer, 1, seconds{3600}}};
  capped.priority = 9;
  pipeline_->offers().upsert(capped);
  pipeline_->offers().upsert(offer("plain"));
  pipeline_->set_clock_trusted(false);
  hear_steadily(seconds{1}, seconds{7}, 1);
  const auto events = take();
  const Event* decided = find(events, "offer.decided");
  ASSERT_NE(decided, nullptr);
  EXPECT_EQ(decided->data["offer_id"], "plain");
  const auto& reasons = decided->data["reasons"];
  EXPECT_TRUE(std::ranges::any_of(reasons, [](const Json& r) { return r == "refused:capped:clock_untrusted"; }))
      << reasons;
  for (const auto& event : events) EXPECT_TRUE(event.time_estimated) << event.type;
}

TEST_F(Decisions, WhatWasDecidedBeforeARestartCounts) {
  auto capped = offer("capped");
  capped.caps = {Cap{CapScope::offer, 1, seconds{3600}}};
  pipeline_->offers().upsert(capped);
  pipeline_->restore({{"c-1", "capped", "", kStart - seconds{60}}}, {});
  hear_steadily(seconds{1}, seconds{7}, 1);
  EXPECT_TRUE(offered().empty());
}

TEST_F(Decisions, TheSameAdvertsGiveTheSameIds) {
  pipeline_->offers().upsert(offer("enter"));
  hear_steadily(seconds{1}, seconds{7}, 1);
  const auto first = take();
  auto again = Pipeline::create([] {
    PipelineOptions options;
    options.gateway = "g1";
    options.timezone = "UTC";
    options.resolver.allow_static = true;
    options.presence.store = "s1";
    presence::ZoneSpec zone;
    zone.id = "coffee";
    zone.receivers = {presence::ZoneReceiver{GatewayId("g1")}};
    options.zones = {zone};
    return options;
  }());
  ASSERT_TRUE(again);
  pipeline_ = std::move(*again);
  pipeline_->advance(after(Duration{0}));
  pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0}));
  pipeline_->offers().upsert(offer("enter"));
  hear_steadily(seconds{1}, seconds{7}, 1);
  const auto second = take();
  ASSERT_EQ(types(first), types(second));
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].data, second[i].data);
}

TEST_F(Decisions, TakeAUnitOfALeaseAndSayWhich) {
  auto leased = offer("leased");
  leased.coupon = Coupon{"", true};
  pipeline_->offers().upsert(leased);
  Lease lease;
  lease.id = "l";
  lease.offer = "leased";
  lease.gateway = "g1";
  lease.units = 1;
  lease.fence = 3;
  lease.expires = kStart + seconds{3600};
  pipeline_->offers().leases().upsert(lease);
  pipeline_->upsert_customer(customer("c-2", 2), after(Duration{0}));
  hear_steadily(seconds{1}, seconds{7}, 1);
  const auto events = take();
  const Event* decided = find(events, "offer.decided");
  ASSERT_NE(decided, nullptr);
  EXPECT_EQ(decided->data["coupon_ref"], "l/3/1");
  ASSERT_EQ(last_.spends.size(), 1U);
  EXPECT_EQ(last_.spends[0].unit, 1U);
  hear_steadily(seconds{8}, seconds{14}, 2);
  EXPECT_EQ(find(take(), "offer.decided"), nullptr) << "none is left";
  EXPECT_EQ(pipeline_->offer_stats().refused.at("lease_missing"), 1U);
}

class LiveDecisions : public PipelineTest {
 protected:
  LiveDecisions() : PipelineTest(&clock_) {}
  ManualClock clock_{kStart};
};

TEST_F(LiveDecisions, SayHowLongTheyTook) {
  pipeline_->upsert_customer(customer("c-1", 1), after(Duration{0}));
  pipeline_->offers().upsert(offer("enter"));
  const SteadyTime arrived = clock_.steady();
  clock_.advance(Duration{1234});
  for (int i = 1; i <= 3; ++i) hear(seconds{i}, 1, -50, arrived);
  const auto events = take();
  const Event* decided = find(events, "offer.decided");
  ASSERT_NE(decided, nullptr);
  EXPECT_EQ(decided->data["latency_us"], 1234);
}

}  // namespace
}  // namespace aisle::pipeline
