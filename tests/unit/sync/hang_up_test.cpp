// Brokers that end the connection for an event that they refuse.
#include <algorithm>

#include "tests/unit/sync/session_fixture.hpp"

namespace aisle::sync {
namespace {

constexpr const char* kDenied = "visit.started";

// Takes what it gets in order, and ends the connection for what it refuses. Its answer to that is lost when more was on
// its way, and with MQTT 3.1.1 there is none.
class HangUpTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionOptions changes;
    changes.datasets = {Dataset::offers, Dataset::keys};
    start(changes);
  }
  // Serves until nothing is left to do, or for `time`.
  void serve(Duration time = std::chrono::minutes(3)) {
    const SteadyTime end = clock.steady() + time;
    while (clock.steady() < end) {
      if (transport.connecting) go_online();
      if (transport.connected && !transport.unanswered.empty()) answer();
      loop.run_for(milliseconds(100));
    }
  }
  // Serves what is not an event; an event is unanswered then, and nothing else.
  void serve_until_alone() {
    ASSERT_TRUE(transport.connecting);
    go_online();
    const auto is_event = [](const auto& publish) { return publish.message.topic.find("/evt/") != std::string::npos; };
    for (;;) {
      loop.run_posted();
      const auto other = std::ranges::find_if_not(transport.unanswered, is_event);
      if (other == transport.unanswered.end()) break;
      transport.acknowledge(static_cast<std::size_t>(other - transport.unanswered.begin()));
    }
    ASSERT_EQ(transport.unanswered.size(), 1U);
  }
  void answer() {
    const std::string& topic = transport.unanswered.front().message.topic;
    const bool denied = denies && topic.find(denied_topics) != std::string::npos;
    if (!denied) return transport.acknowledge(0);
    if (!hangs_up) return transport.acknowledge(0, 0x87);
    if (answers && transport.unanswered.size() == 1) transport.acknowledge(0, 0x87);
    ++hang_ups;
    transport.close_without_a_word();
  }

  bool answers = true, hangs_up = true, denies = true;
  std::string denied_topics = "/evt/visit/started";
  int hang_ups = 0;
};

TEST_F(HangUpTest, WhatIsRefusedIsFoundAmongOthersAndHoldsNothingUp) {
  commit({"epoch.started", kDenied, "zone.entered", kDenied, "zone.entered", kDenied, "offer.decided"});
  serve();
  EXPECT_EQ(store.dead_letters, (std::map<std::int64_t, int>{{2, 0x87}, {4, 0x87}, {6, 0x87}}));
  EXPECT_TRUE(store.rows.empty());
  EXPECT_EQ(session->status().refused, 3U);
  EXPECT_EQ(session->status().state, "online");
  EXPECT_LE(hang_ups, 3);
}

TEST_F(HangUpTest, WithoutAnAnswerItIsFoundToo) {
  answers = false;
  commit({"epoch.started", kDenied, "zone.entered", kDenied, "offer.decided"});
  serve();
  EXPECT_EQ(store.dead_letters, (std::map<std::int64_t, int>{{2, 0x80}, {4, 0x80}}));
  EXPECT_TRUE(store.rows.empty());
  EXPECT_EQ(session->status().state, "online");
  EXPECT_LE(hang_ups, 7);
}

TEST_F(HangUpTest, ATypeThatCostsConnectionsIsAskedOnceInTenMinutes) {
  commit({"epoch.started", kDenied});
  serve();
  const int before = hang_ups;
  EXPECT_EQ(host.whys, std::vector<std::string>{"refused by the broker with reason 0x87"});
  for (int i = 0; i < 60; ++i) {
    commit({kDenied, "zone.entered"});
    serve(seconds(30));
  }
  const std::string spared = "not sent: the broker refuses its type (reason 0x87), and ends the connection for it";
  EXPECT_GE(std::ranges::count(host.whys, spared), 50);
  EXPECT_TRUE(store.rows.empty());
  EXPECT_EQ(store.dead_letters.size(), 61U);
  EXPECT_GE(hang_ups, before + 2);
  EXPECT_LE(hang_ups, before + 4);
}

// A broker that is failing refuses nothing: it must not empty the outbox into the dead letters.
TEST_F(HangUpTest, WhereNothingIsTakenNothingIsRefusedUnasked) {
  answers = false;
  denied_topics = "/evt/";
  for (int i = 0; i < 100; ++i) commit({"zone.entered", "zone.left"});
  serve();
  const std::size_t dead = store.dead_letters.size();
  EXPECT_LE(dead * 3, static_cast<std::size_t>(hang_ups));
  denies = false;
  serve();
  EXPECT_TRUE(store.rows.empty());
  EXPECT_EQ(store.dead_letters.size(), dead);
}

TEST_F(HangUpTest, OnceItIsAllowedItIsTakenAgain) {
  commit({"epoch.started", kDenied, kDenied});
  serve();
  ASSERT_EQ(store.dead_letters.size(), 2U);
  denies = false;
  serve(std::chrono::minutes(10));
  for (int i = 0; i < 5; ++i) commit({kDenied, "zone.entered"});
  serve();
  EXPECT_EQ(store.dead_letters.size(), 2U);
  EXPECT_TRUE(session->drained());
}

TEST_F(HangUpTest, WhoAsksForARetryIsNotAnsweredFromMemory) {
  commit({"epoch.started", kDenied, kDenied});
  serve();
  denies = false;
  store.rows[++store.last_id] = {kEpoch, 2, kDenied, "{\"n\":2}", 0, false};
  session->on_revived(store.last_id);
  serve();
  EXPECT_EQ(store.dead_letters.size(), 2U);
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(HangUpTest, ABrokerThatOnlyRefusesIsAskedEachTime) {
  hangs_up = false;
  go_online();
  settle();
  for (int i = 0; i < 5; ++i) {
    commit({kDenied, "zone.entered"});
    serve(seconds(5));
  }
  EXPECT_EQ(store.dead_letters.size(), 5U);
  EXPECT_EQ(transport.sent("/evt/visit/started").size(), 5U);
  EXPECT_EQ(transport.connects, 1);
}

// A network that comes and goes, or a rival with our client id: nothing is taken for refused, and the window opens
// again.
TEST_F(HangUpTest, ConnectionsThatEndForOtherReasonsCostNoEvent) {
  denies = false;
  go_online();
  settle();
  for (int i = 0; i < 10; ++i) {
    commit(20);
    transport.close_without_a_word();
    serve();
    ASSERT_TRUE(session->drained()) << i;
  }
  EXPECT_TRUE(store.dead_letters.empty());
  commit(64);
  serve(seconds(10));
  commit(64);
  EXPECT_EQ(transport.unanswered.size(), 64U);
}

// The event is found and sent alone, and each time the broker goes away before it has answered.
TEST_F(HangUpTest, ABrokerThatIsAwayAfterwardsHasRefusedNothing) {
  denies = false;
  commit({kDenied});
  for (int i = 0; i < 10; ++i) {
    serve_until_alone();
    transport.close_without_a_word();
    loop.run_for(std::chrono::minutes(6));
    ASSERT_TRUE(transport.connecting);
    transport.end("unreachable");
    loop.run_for(std::chrono::minutes(6));
  }
  serve();
  EXPECT_TRUE(store.dead_letters.empty());
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(HangUpTest, AConnectionThatEndsLongAfterTheSendEndsForSomethingElse) {
  denies = false;
  commit({kDenied});
  for (int i = 0; i < 10; ++i) {
    serve_until_alone();
    loop.run_for(seconds(10));
    transport.close_without_a_word();
    loop.run_for(std::chrono::minutes(20));
  }
  serve();
  EXPECT_TRUE(store.dead_letters.empty());
  EXPECT_TRUE(store.rows.empty());
}

}  // namespace
}  // namespace aisle::sync
