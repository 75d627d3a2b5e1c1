#include "tests/unit/sync/session_fixture.hpp"

namespace aisle::sync {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST_F(SessionTest, ConnectsAtOnceWithAWill) {
  start();
  EXPECT_EQ(transport.connects, 1);
  ASSERT_TRUE(transport.last_will.has_value());
  EXPECT_EQ(transport.last_will->topic, "aisle/v1/s1/g1/status");
  EXPECT_EQ(transport.last_will->payload,
            R"({"state":"offline","since":"2027-01-15T08:00:00.000Z","version":"1.2.3","epoch":"aaaaaaaaaaaaaaaa"})");
  EXPECT_EQ(session->status().state, "connecting");
}

TEST_F(SessionTest, AnnouncesItselfAndSubscribesOnEveryConnection) {
  SessionOptions with;
  with.datasets = {Dataset::offers};
  with.retry_spread = seconds(0);
  start(with);
  go_online();
  ASSERT_EQ(transport.sent("/status").size(), 1U);
  EXPECT_TRUE(transport.sent("/status")[0].retain);
  EXPECT_EQ(transport.sent("/status")[0].qos, 1);
  EXPECT_THAT(transport.sent("/status")[0].payload, HasSubstr(R"({"state":"online","since":")"));
  const std::vector<std::string> expected{"aisle/v1/s1/g1/cmd/+", "aisle/v1/s1/g1/sync/offers",
                                          "aisle/v1/s1/_all/sync/offers"};
  EXPECT_EQ(transport.subscriptions.at(0), expected);
  loop.run_for(seconds(31));
  transport.end();
  loop.run_for(milliseconds(1));
  go_online();
  EXPECT_EQ(transport.subscriptions.at(1), expected);
  EXPECT_EQ(transport.sent("/status").size(), 2U);
  EXPECT_EQ(session->status().state, "online");
  EXPECT_EQ(session->status().connects, 2U);
  EXPECT_EQ(session->status().disconnects, 1U);
}

TEST_F(SessionTest, ATroubleStaysShownUntilAnAttemptSucceeds) {
  start();
  transport.end("unreachable");
  const auto since = session->status().since;
  loop.run_for(*session->status().next_attempt - clock.now());
  ASSERT_TRUE(transport.connecting);
  EXPECT_EQ(session->status().state, "unreachable");
  EXPECT_EQ(session->status().detail, "by the test");
  EXPECT_EQ(session->status().since, since);
  EXPECT_FALSE(session->status().next_attempt.has_value());
  transport.end("dns");
  EXPECT_EQ(session->status().state, "dns");
  loop.run_for(*session->status().next_attempt - clock.now());
  transport.accept();
  EXPECT_EQ(session->status().state, "online");
  EXPECT_EQ(session->status().detail, "");
}

TEST_F(SessionTest, FailedAttemptsBackOffToTheMaximum) {
  SessionOptions with;
  with.retry_max = seconds(8);
  start(with);
  for (int attempt = 0; attempt < 20; ++attempt) {
    ASSERT_TRUE(transport.connecting);
    transport.end("unreachable");
    EXPECT_EQ(session->status().state, "unreachable");
    ASSERT_TRUE(session->status().next_attempt.has_value());
    const Duration wait = *session->status().next_attempt - clock.now();
    EXPECT_LT(wait, std::min<Duration>(seconds(8), seconds(1LL << std::min(attempt, 10))));
    loop.run_for(wait);
  }
  EXPECT_EQ(transport.connects, 21);
}

TEST_F(SessionTest, ABrokerThatThrowsUsOutIsNotTriedInATightCircle) {
  SessionOptions with;
  with.retry_spread = seconds(0);
  start(with);
  for (int i = 0; i < 1000 && clock.now() < options.started + seconds(600); ++i) {
    if (transport.connecting) {
      transport.accept();
      transport.end("taken over");
    }
    loop.run_for(seconds(1));
  }
  EXPECT_LT(transport.connects, 30);
}

TEST_F(SessionTest, LostConnectionIsRetriedWithinTheSpread) {
  SessionOptions with;
  with.retry_spread = seconds(60);
  start(with);
  go_online();
  loop.run_for(seconds(40));
  transport.end();
  const Duration wait = *session->status().next_attempt - clock.now();
  EXPECT_LT(wait, seconds(60));
  loop.run_for(wait);
  EXPECT_EQ(transport.connects, 2);
}

TEST_F(SessionTest, RefusedSubscriptionIsShownAndNotFatal) {
  SessionOptions with;
  with.datasets = {Dataset::offers};
  start(with);
  transport.accept();
  transport.grant(false);
  EXPECT_EQ(session->status().state, "online");
  EXPECT_THAT(session->status().detail, HasSubstr("aisle/v1/s1/g1/cmd/+"));
}

TEST_F(SessionTest, OurOwnCommandsAreHandedOnAndRepliesPublishedWhileOnline) {
  start();
  OutMessage reply;
  reply.topic = "aisle/v1/s1/g1/res/x";
  EXPECT_FALSE(session->reply(reply));
  go_online();
  transport.deliver("aisle/v1/s1/g1/cmd/reload", "{}", true);
  transport.deliver("aisle/v1/s1/g2/cmd/reload", "{}");
  ASSERT_EQ(host.commands.size(), 1U);
  EXPECT_EQ(host.commands[0].first, "reload");
  EXPECT_TRUE(host.commands[0].second.retain);
  EXPECT_TRUE(session->reply(reply));
  EXPECT_EQ(transport.sent("/res/x").size(), 1U);
}

TEST_F(SessionTest, WhatTheStoreForgotIsNotSentUnlessItIsInFlight) {
  SessionOptions with;
  with.window = 2;
  start(with);
  go_online();
  commit(4);
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 2}));
  session->forget({1, 2, 3});
  settle();
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 2, 4}));
}

TEST_F(SessionTest, StopSaysOfflineThenDisconnects) {
  start();
  go_online();
  settle();
  bool stopped = false;
  session->stop(milliseconds(2000), [&] { stopped = true; });
  ASSERT_EQ(transport.sent("/status").size(), 2U);
  EXPECT_THAT(transport.sent("/status")[1].payload, HasSubstr(R"("state":"offline")"));
  EXPECT_TRUE(transport.sent("/status")[1].retain);
  EXPECT_EQ(transport.disconnects, 1);
  EXPECT_FALSE(stopped);
  transport.end();
  loop.run_posted();
  EXPECT_TRUE(stopped);
  loop.run_for(seconds(600));
  EXPECT_EQ(transport.connects, 1);
}

TEST_F(SessionTest, StopWaitsForWhatIsInFlightUntilTheDeadline) {
  start();
  go_online();
  settle();
  commit(2);
  bool stopped = false;
  session->stop(milliseconds(2000), [&] { stopped = true; });
  loop.run_for(milliseconds(1999));
  EXPECT_EQ(transport.disconnects, 0);
  transport.acknowledge();
  EXPECT_EQ(transport.disconnects, 0);
  transport.acknowledge();
  EXPECT_EQ(transport.disconnects, 1);
  EXPECT_TRUE(store.rows.empty());
}

TEST_F(SessionTest, StopEndsAlthoughNobodyAnswers) {
  start();
  go_online();
  settle();
  commit(2);
  bool stopped = false;
  session->stop(milliseconds(1000), [&] { stopped = true; });
  loop.run_for(milliseconds(1000));
  EXPECT_EQ(transport.disconnects, 1);
  loop.run_for(seconds(2));
  EXPECT_TRUE(stopped);
  EXPECT_EQ(store.rows.size(), 2U);
}

TEST_F(SessionTest, StopWhileWaitingEndsAtOnce) {
  start();
  transport.end("refused");
  bool stopped = false;
  session->stop(milliseconds(1000), [&] { stopped = true; });
  loop.run_posted();
  EXPECT_TRUE(stopped);
  loop.run_for(seconds(600));
  EXPECT_EQ(transport.connects, 1);
}

}  // namespace
}  // namespace aisle::sync
