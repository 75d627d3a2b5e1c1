#include "tests/unit/sync/session_fixture.hpp"

#include <algorithm>
#include <numeric>

namespace aisle::sync {
namespace {

std::vector<int> range(int first, int last) {
  std::vector<int> numbers(static_cast<std::size_t>(last - first + 1));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

class PumpTest : public SessionTest {
 protected:
  void online_with(std::uint32_t window, std::uint16_t receive_maximum = 65535) {
    SessionOptions with;
    with.window = window;
    with.retry_spread = seconds(0);
    start(with);
    go_online(receive_maximum);
    acknowledge_status();
  }
  void acknowledge_status() {
    for (std::size_t i = 0; i < transport.unanswered.size(); ++i) {
      if (transport.unanswered[i].message.topic.ends_with("/status")) return transport.acknowledge(i);
    }
  }
  void reconnect() {
    loop.run_for(seconds(31));
    transport.end();
    loop.run_for(milliseconds(1));
    go_online();
    acknowledge_status();
  }
};

TEST_F(PumpTest, LiveEventGoesOutAtOnceAndWithoutReplay) {
  online_with(64);
  commit(1);
  const auto events = transport.sent("/evt/");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].topic, "aisle/v1/s1/g1/evt/zone/entered");
  EXPECT_EQ(events[0].payload, "{\"n\":1}");
  EXPECT_EQ(events[0].content_type, "application/cloudevents+json; charset=utf-8");
  EXPECT_TRUE(events[0].utf8_payload);
  EXPECT_EQ(events[0].qos, 1);
  EXPECT_FALSE(events[0].retain);
  EXPECT_TRUE(events[0].user_properties.empty());
  EXPECT_EQ(store.reads, 0);
  EXPECT_FALSE(session->drained());
  settle();
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(PumpTest, WindowBoundsWhatIsInFlight) {
  online_with(8);
  commit(50);
  EXPECT_EQ(transport.unanswered.size(), 8U);
  EXPECT_EQ(session->status().in_flight, 8U);
  transport.acknowledge();
  EXPECT_EQ(transport.unanswered.size(), 8U);
  settle();
  EXPECT_EQ(event_numbers(), range(1, 50));
}

TEST_F(PumpTest, BrokersReceiveMaximumCountsStatusToo) {
  SessionOptions with;
  with.window = 64;
  start(with);
  go_online(5);
  commit(20);
  EXPECT_EQ(transport.unanswered.size(), 5U);  // one is the status
  acknowledge_status();
  EXPECT_EQ(transport.unanswered.size(), 5U);
  EXPECT_EQ(session->status().in_flight, 5U);
}

TEST_F(PumpTest, WhatIsAcknowledgedLeavesTheStoreThoughAnEarlierOneWaits) {
  online_with(8);
  commit(4);
  transport.acknowledge(2);
  transport.acknowledge(1);
  loop.run_for(seconds(1));
  EXPECT_EQ(store.acknowledgements, 1);
  EXPECT_EQ(store.acknowledged.ranges(), (std::map<std::int64_t, std::int64_t>{{2, 3}}));
  transport.acknowledge(0);
  loop.run_for(seconds(1));
  EXPECT_EQ(store.acknowledged.ranges(), (std::map<std::int64_t, std::int64_t>{{1, 3}}));
  EXPECT_EQ(store.rows.size(), 1U);
}

TEST_F(PumpTest, AcknowledgementsAreBatched) {
  online_with(64);
  commit(64);
  for (int i = 0; i < 31; ++i) transport.acknowledge();
  EXPECT_EQ(store.acknowledgements, 0);
  transport.acknowledge();
  EXPECT_EQ(store.acknowledgements, 1);
  transport.acknowledge();
  loop.run_for(milliseconds(49));
  EXPECT_EQ(store.acknowledgements, 1);
  loop.run_for(milliseconds(1));
  EXPECT_EQ(store.acknowledgements, 2);
  EXPECT_EQ(store.acknowledged.count(), 33U);
  settle();
  EXPECT_EQ(store.acknowledged.count(), 64U);
}

TEST_F(PumpTest, BacklogIsReadPageByPageAndMarkedReplayed) {
  make();
  commit(3000, false);
  SessionOptions with;
  with.window = 16;
  start(with);
  go_online();
  loop.run_posted();
  EXPECT_LE(store.reads, 3);  // not the whole backlog
  settle();
  EXPECT_EQ(event_numbers(), range(1, 3000));
  for (const auto& message : transport.sent("/evt/")) ASSERT_TRUE(replayed(message));
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(PumpTest, LiveEventsGoAheadOfTheBacklogWhichKeepsAQuarterOfTheWindow) {
  make();
  commit(300, false);
  SessionOptions with;
  with.window = 8;
  start(with);
  go_online();
  commit(50);  // 301 to 350
  settle();
  const auto sent = event_numbers();
  // The window was full of the backlog when they came; then three of them to one of it.
  const std::vector<int> begin(sent.begin(), sent.begin() + 20);
  EXPECT_EQ(std::ranges::count_if(begin, [](int n) { return n > 300; }), 9) << ::testing::PrintToString(begin);
  const auto last_live = std::ranges::find(sent, 350) - sent.begin();
  EXPECT_LE(last_live, 8 + 50 * 4 / 3 + 1);
  std::vector<int> backlog;
  std::vector<int> live;
  for (const int n : sent) (n > 300 ? live : backlog).push_back(n);
  EXPECT_EQ(backlog, range(1, 300));
  EXPECT_EQ(live, range(301, 350));
  for (const auto& message : transport.sent("/evt/")) {
    ASSERT_EQ(replayed(message), std::stoi(message.payload.substr(5)) <= 300) << message.payload;
  }
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(PumpTest, LiveEventsWithoutRoomInMemoryAreLeftToTheBacklog) {
  online_with(4);
  commit(2000);
  EXPECT_LE(store.reads, 4);
  settle();
  std::vector<int> sent = event_numbers();
  std::ranges::sort(sent);
  EXPECT_EQ(sent, range(1, 2000));
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(PumpTest, ALostAcknowledgementOnALivingConnectionEndsIt) {
  online_with(4);
  commit(2);
  transport.acknowledge(1);
  loop.run_for(seconds(59));
  EXPECT_EQ(transport.disconnects, 0);
  loop.run_for(seconds(1));
  ASSERT_EQ(transport.disconnects, 1);
  transport.end("closed");
  EXPECT_EQ(session->status().state, "lost");
  EXPECT_THAT(session->status().detail, ::testing::HasSubstr("did not acknowledge a publish within 60 s"));
  loop.run_for(milliseconds(1));
  go_online();
  settle();
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 2, 1}));
  EXPECT_TRUE(session->drained());
  loop.run_for(seconds(120));
  EXPECT_EQ(transport.disconnects, 1);
}

TEST_F(PumpTest, AStatusThatIsNeverAcknowledgedDoesNotTakeTheWindowForEver) {
  SessionOptions with;
  with.retry_spread = seconds(0);
  start(with);
  go_online(1);
  commit(1);
  EXPECT_TRUE(event_numbers().empty());
  loop.run_for(seconds(60));
  EXPECT_EQ(transport.disconnects, 1);
}

TEST_F(PumpTest, SlowAcknowledgementsAreNoReasonToReconnect) {
  online_with(1);
  commit(5);
  for (int i = 0; i < 5; ++i) {
    loop.run_for(seconds(50));
    transport.acknowledge();
  }
  loop.run_for(seconds(100));
  EXPECT_EQ(transport.disconnects, 0);
  EXPECT_TRUE(session->drained());
}

TEST_F(PumpTest, WhatIsForgottenIsNotSent) {
  online_with(2);
  commit(6);
  session->forget({2, 4, 6});  // 2 is in flight
  for (const int id : {2, 4, 6}) store.rows.erase(id);
  settle();
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 2, 3, 5}));
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(PumpTest, RowsThatCameBackAreReadAsBacklog) {
  online_with(8);
  commit(1);
  settle();
  store.rows[++store.last_id] = {kEpoch, 9, "zone.entered", "{\"n\":9}", 0, false};
  session->on_revived(store.last_id);
  settle();
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 9}));
  EXPECT_TRUE(replayed(transport.sent("/evt/").back()));
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(PumpTest, HeldIdsAreWhatIsOrMayComeIntoTheBrokersHands) {
  online_with(2);
  commit(4);
  transport.acknowledge(1);
  EXPECT_TRUE(session->held_ids().gaps({1, 4}).empty()) << "2 is acknowledged, and the store has not heard of it";
  loop.run_for(milliseconds(100));
  EXPECT_EQ(session->held_ids().gaps({1, 4}).ranges(), (std::map<std::int64_t, std::int64_t>{{2, 2}}));
  EXPECT_TRUE(session->held_ids().contains(5)) << "committed perhaps, its notice on the way";
}

TEST_F(PumpTest, WhatIsBeingReadIsHeld) {
  make();
  commit(600, false);
  start();
  transport.accept();  // the first page is on its way
  EXPECT_EQ(store.reads, 1);
  EXPECT_TRUE(session->held_ids().gaps({1, 600}).empty());
  loop.run_posted();
  EXPECT_TRUE(session->held_ids().gaps({1, 600}).empty()) << "both pages are in memory";
  transport.end();
  settle();
  commit(1000, false);
  session->on_revived(store.last_id);
  EXPECT_FALSE(session->held_ids().contains(1000)) << "offline nothing is read";
}

TEST_F(PumpTest, DamagedRowsAreSetAside) {
  make();
  commit(3, false);
  store.damaged = {2};
  start();
  go_online();
  settle();
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 3}));
  EXPECT_EQ(store.aside, std::vector<std::int64_t>{2});
}

// A live event was taken from memory: what becomes of its row does not matter any more.
TEST_F(PumpTest, ADamagedRowOfWhatIsHeldIsNotSetAside) {
  online_with(8);
  store.rows[++store.last_id] = {kEpoch, 1, "zone.entered", "{\"n\":1}", 0, false};  // unknown to the pump as yet
  store.damaged = {2};
  commit(1);
  settle();
  EXPECT_EQ(event_numbers(), (std::vector<int>{2, 1}));
  EXPECT_TRUE(store.aside.empty());
}

TEST_F(PumpTest, WhatIsForgottenIsNotSentWhenAPageBringsIt) {
  make();
  commit(5, false);
  start();
  transport.accept();
  session->forget({2, 4});
  settle();
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 3, 5}));
  EXPECT_TRUE(session->drained());
}

TEST_F(PumpTest, EventsOfWhileOfflineAreReplayedInOrder) {
  online_with(8);
  transport.end();
  commit(20);
  loop.run_for(seconds(2));
  go_online();
  settle();
  EXPECT_EQ(event_numbers(), range(1, 20));
  EXPECT_TRUE(replayed(transport.sent("/evt/").front()));
}

TEST_F(PumpTest, EventOfAnotherEpochIsReplayedThoughLive) {
  online_with(8);
  commit(1, true, "bbbbbbbbbbbbbbbb");
  EXPECT_TRUE(replayed(transport.sent("/evt/").at(0)));
}

TEST_F(PumpTest, UnacknowledgedIsResentInOrderByteForByte) {
  online_with(4);
  commit(6);
  transport.acknowledge(1);  // 2 is acknowledged, 5 goes out
  ASSERT_EQ(event_numbers(), (std::vector<int>{1, 2, 3, 4, 5}));
  reconnect();
  settle();
  EXPECT_EQ(event_numbers(5), (std::vector<int>{1, 3, 4, 5, 6}));
  const auto events = transport.sent("/evt/");
  EXPECT_EQ(events[0].payload, events[5].payload);
  for (std::size_t i = 5; i < 9; ++i) EXPECT_TRUE(replayed(events[i])) << i;
  EXPECT_EQ(session->status().resent, 4U);
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(PumpTest, LateAcknowledgementOfAnOldConnectionMeansNothing) {
  online_with(4);
  commit(1);
  const std::uint64_t old_token = transport.unanswered.at(0).token;
  reconnect();
  for (const auto& publish : transport.unanswered) EXPECT_NE(publish.token, old_token);
  EXPECT_EQ(store.rows.size(), 1U);
}

TEST_F(PumpTest, AReadThatFailsIsTriedAgain) {
  make();
  commit(3, false);
  store.failing_reads = 2;
  start();
  go_online();
  settle();
  EXPECT_TRUE(event_numbers().empty());
  loop.run_for(seconds(3));
  settle();
  EXPECT_EQ(event_numbers(), range(1, 3));
}

TEST_F(PumpTest, RowsThatABoundRemovedDoNotBlock) {
  make();
  commit(10, false);
  start();
  store.rows.clear();
  go_online();
  settle();
  EXPECT_TRUE(session->drained());
  commit(1);
  EXPECT_EQ(event_numbers(), range(11, 11));
}

TEST_F(PumpTest, CommitSeenByAReadBeforeItsNoticeIsSentOnce) {
  make();
  commit(2, false);
  start();
  commit(1, false);  // committed, its notice still on the way
  go_online();
  settle();
  session->on_committed({{kEpoch, 3, "zone.entered", "{\"n\":3}", 0, false}}, 3);
  settle();
  EXPECT_EQ(event_numbers(), range(1, 3));
  EXPECT_TRUE(session->drained());
}

}  // namespace
}  // namespace aisle::sync
