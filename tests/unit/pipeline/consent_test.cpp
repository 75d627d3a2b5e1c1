// Who does not consent, or not any more, is nobody.
#include <algorithm>

#include "tests/unit/pipeline/pipeline_rig.hpp"

namespace aisle::pipeline {
namespace {

class ConsentInThePipeline : public PipelineTest {
 protected:
  void SetUp() override {
    pipeline_->offers().upsert(offer("latte"));
    pipeline_->offers().upsert(offer("bye", Trigger::exit));
  }
  void enter(Customer who) {
    pipeline_->upsert_customer(std::move(who), after(Duration{0}));
    hear_steadily(seconds{1}, seconds{7}, 1);
    ASSERT_EQ(types(take()), (std::vector<std::string>{"visit.started", "zone.entered", "offer.decided"}));
  }
  // The visit ended for this reason and nothing was offered any more.
  void expect_withdrawn(const std::vector<Event>& events) {
    ASSERT_EQ(types(events), (std::vector<std::string>{"zone.exited", "visit.ended"}));
    EXPECT_EQ(events.back().data["reason"], "consent_withdrawn");
  }
};

TEST_F(ConsentInThePipeline, WithoutItAnAdvertIsDroppedAndCounted) {
  auto who = customer("c-1", 1);
  who.proximity.reset();
  pipeline_->upsert_customer(who, after(Duration{0}));
  hear_steadily(seconds{1}, seconds{61}, 1);
  EXPECT_TRUE(take().empty());
  EXPECT_EQ(pipeline_->adverts().unresolved, 30U);
}

TEST_F(ConsentInThePipeline, WithdrawnInAVisitItEnds) {
  enter(customer("c-1", 1));
  auto withdrawn = customer("c-1", 1);
  withdrawn.proximity.reset();
  pipeline_->upsert_customer(withdrawn, after(seconds{8}));
  expect_withdrawn(take());
  hear_steadily(seconds{9}, seconds{30}, 1);
  EXPECT_TRUE(take().empty());
}

TEST_F(ConsentInThePipeline, ErasedItEnds) {
  enter(customer("c-1", 1));
  pipeline_->erase_customer("c-1", after(seconds{8}));
  expect_withdrawn(take());
}

TEST_F(ConsentInThePipeline, DeletedItEnds) {
  enter(customer("c-1", 1));
  pipeline_->delete_customer("c-1", after(seconds{8}));
  expect_withdrawn(take());
}

TEST_F(ConsentInThePipeline, LeftOutOfTheNewSetItEnds) {
  enter(customer("c-1", 1));
  pipeline_->replace_customers({customer("c-2", 2)}, after(seconds{8}));
  expect_withdrawn(take());
}

TEST_F(ConsentInThePipeline, AReplacedSetThatKeepsSomebodyDisturbsNobody) {
  enter(customer("c-1", 1));
  pipeline_->replace_customers({customer("c-1", 1), customer("c-2", 2)}, after(seconds{8}));
  EXPECT_TRUE(take().empty());
}

TEST_F(ConsentInThePipeline, ExpiredInAVisitItEnds) {
  auto who = customer("c-1", 1);
  who.proximity->expires_at = kStart + seconds{20};
  enter(who);
  hear_steadily(seconds{7}, seconds{19}, 1);
  EXPECT_TRUE(take().empty());
  pipeline_->on_item(ClockTick{after(seconds{20})});
  expect_withdrawn(take());
}

// Consent ends at 20 s; the third advert, at 5 s, entered the zone; the last one was at 9 s.
class ExpiringConsent : public ConsentInThePipeline {
 protected:
  void SetUp() override {
    ConsentInThePipeline::SetUp();
    auto who = customer("c-1", 1);
    who.proximity->expires_at = kStart + seconds{20};
    enter(who);
    hear_steadily(seconds{7}, seconds{11}, 1);
    ASSERT_TRUE(take().empty());
  }
  void expect_ended_at_the_expiry(const std::vector<Event>& events) {
    expect_withdrawn(events);
    for (const auto& event : events) EXPECT_EQ(event.time, kStart + seconds{20});
    EXPECT_EQ(events.front().data["dwell_s"], 15);
    EXPECT_EQ(events.back().data["duration_s"], 15);
    EXPECT_EQ(events.back().data["zones"][0]["left"], format_rfc3339(kStart + seconds{20}));
  }
};

TEST_F(ExpiringConsent, IsADeadline) {
  EXPECT_EQ(pipeline_->next_deadline(), after(seconds{20}).mono);
}

TEST_F(ExpiringConsent, EndsTheVisitAtItsMomentHoweverLateTimeIsTold) {
  pipeline_->on_item(ClockTick{after(seconds{300})});
  expect_ended_at_the_expiry(take());
}

TEST_F(ExpiringConsent, EndsTheVisitAtItsMomentWhenTheSourceHasEnded) {
  pipeline_->on_item(SourceEnd{});
  expect_ended_at_the_expiry(take());
}

TEST_F(ExpiringConsent, OfSomebodyWhoIsNotThereDisturbsNobody) {
  auto other = customer("c-2", 2);
  other.proximity->expires_at = kStart + seconds{12};
  pipeline_->upsert_customer(other, after(seconds{10}));
  pipeline_->on_item(ClockTick{after(seconds{15})});
  EXPECT_TRUE(take().empty());
  pipeline_->on_item(ClockTick{after(seconds{30})});
  expect_ended_at_the_expiry(take());
}

TEST_F(ConsentInThePipeline, ASetThatIsTooOldResolvesNobody) {
  enter(customer("c-1", 1));
  pipeline_->set_customers_usable(false, after(seconds{8}));
  expect_withdrawn(take());
  hear_steadily(seconds{9}, seconds{30}, 1);
  EXPECT_TRUE(take().empty());
  pipeline_->set_customers_usable(true, after(seconds{31}));
  hear_steadily(seconds{32}, seconds{40}, 1);
  EXPECT_EQ(types(take()).front(), "visit.started");
}

TEST_F(ConsentInThePipeline, WithoutConsentToOffersNoneIsMade) {
  auto who = customer("c-1", 1);
  who.offers.reset();
  pipeline_->upsert_customer(who, after(Duration{0}));
  hear_steadily(seconds{1}, seconds{30}, 1);
  const auto events = take();
  EXPECT_NE(find(events, "zone.entered"), nullptr);
  EXPECT_EQ(find(events, "offer.decided"), nullptr);
}

}  // namespace
}  // namespace aisle::pipeline
