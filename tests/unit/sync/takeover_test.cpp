#include "sync/core/takeover.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sync/session_fixture.hpp"

namespace aisle::sync {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;

class TakeoverTest : public SessionTest {
 protected:
  // How long we stay away after the n-th take-over in a row that the broker told of: at least and at most.
  std::pair<Duration, Duration> told_bounds(int nth) {
    Duration low = minutes(60);
    Duration high{};
    for (int run = 0; run < 300; ++run) {
      TakeoverWatch watch;
      Duration away{};
      for (int i = 0; i < nth; ++i) away = watch.told(seconds(5), random);
      low = std::min(low, away);
      high = std::max(high, away);
    }
    return {low, high};
  }
};

TEST_F(TakeoverTest, WhoIsToldStaysAwayLongerEveryTime) {
  const auto first = told_bounds(1);
  EXPECT_GE(first.first, seconds(15));
  EXPECT_LT(first.second, seconds(30));
  const auto far = told_bounds(10);
  EXPECT_GE(far.first, seconds(450));
  EXPECT_LT(far.second, seconds(900));
}

TEST_F(TakeoverTest, HalfAnHourOfPeaceIsForgiveness) {
  TakeoverWatch watch;
  for (int i = 0; i < 10; ++i) (void)watch.told(seconds(5), random);
  EXPECT_EQ(watch.count(), 10U);
  EXPECT_LT(watch.told(minutes(31), random), seconds(30));
  EXPECT_EQ(watch.count(), 1U);
}

TEST_F(TakeoverTest, FourQuickEndsWithoutAWordAreSuspicious) {
  TakeoverWatch watch;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(watch.closed(seconds(20), random)) << i;
  EXPECT_GE(watch.closed(seconds(20), random).value(), seconds(15));
  EXPECT_EQ(watch.count(), 1U);
  EXPECT_TRUE(watch.closed(minutes(10), random));  // the rival is away as long as we are
  EXPECT_FALSE(watch.closed(minutes(31), random));
  EXPECT_EQ(watch.count(), 0U);
}

TEST_F(TakeoverTest, ABrokerThatRestartsIsNoRival) {
  TakeoverWatch watch;
  for (int i = 0; i < 50; ++i) {
    EXPECT_FALSE(watch.closed(seconds(5), random));
    if (i % 3 == 2) watch.failed();  // nobody listened
  }
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(watch.closed(minutes(3), random));
  for (int i = 0; i < 50; ++i) {
    EXPECT_FALSE(watch.closed(seconds(5), random));
    watch.explained(seconds(5));
  }
}

// The broker that lets a publish wait answers our end of the connection by closing it.
TEST_F(TakeoverTest, ConnectionsThatWeEndOurselvesAreNoSign) {
  SessionOptions with;
  with.retry_spread = seconds(0);
  start(with);
  const auto come_back = [this] {
    loop.run_for(minutes(5));
    ASSERT_TRUE(transport.connecting);
    go_online();
  };
  go_online();
  for (int i = 0; i < 6; ++i) {
    loop.run_for(seconds(60));
    ASSERT_EQ(transport.disconnects, i + 1) << "the status was not acknowledged";
    transport.close_without_a_word();
    EXPECT_EQ(session->status().state, "lost");
    come_back();
  }
  for (int i = 0; i < 3; ++i) {
    transport.close_without_a_word();
    come_back();
  }
  loop.run_for(seconds(60));
  transport.close_without_a_word();  // ours, between theirs
  come_back();
  transport.close_without_a_word();
  EXPECT_EQ(session->status().state, "lost");
}

TEST_F(TakeoverTest, ABrokerThatEndsConnectionsForWhatItRefusesIsNoSign) {
  SessionOptions with;
  with.retry_spread = seconds(0);
  start(with);
  for (int i = 0; i < 6; ++i) {
    go_online();
    transport.acknowledge(0, 0x87);
    transport.close_without_a_word();
    EXPECT_EQ(session->status().state, "lost");
    loop.run_for(minutes(5));
    ASSERT_TRUE(transport.connecting);
  }
}

TEST_F(TakeoverTest, StatusNamesTheRivalAlsoWhileOnline) {
  start();
  go_online();
  loop.run_for(seconds(40));
  transport.end("taken over");
  EXPECT_EQ(session->status().state, "taken over");
  const Duration wait = *session->status().next_attempt - clock.now();
  EXPECT_GE(wait, seconds(15));
  loop.run_for(wait);
  go_online();
  EXPECT_EQ(session->status().state, "online");
  EXPECT_THAT(session->status().detail, HasSubstr("taken over so far: 1"));
  loop.run_for(minutes(31));
  EXPECT_EQ(session->status().detail, "");
}

// Two gateways with the same id on a broker that says nothing, as with 3.1.1: whoever connects ends the other's
// connection. They must come to meet rarely, and each still gets its time.
TEST_F(TakeoverTest, TwoOfTheSameIdComeToMeetRarely) {
  fakes::FakeTransport other;
  fakes::FakeStore other_store{loop};
  RecordingHost other_host;
  SessionOptions with;
  with.retry_spread = seconds(60);
  start(with);
  Session rival(options, loop, random, other, other_store, other_host, log);
  rival.start(other_store.reopened());
  const auto meet = [](fakes::FakeTransport& winner, fakes::FakeTransport& loser) {
    if (!winner.connecting) return;
    if (loser.connected) loser.close_without_a_word();
    winner.accept();
  };
  const auto run = [&](Duration length) {
    const int before = transport.connects + other.connects;
    for (const auto until = clock.now() + length; clock.now() < until; loop.run_for(milliseconds(500))) {
      meet(transport, other);
      meet(other, transport);
    }
    return transport.connects + other.connects - before;
  };
  run(minutes(60));
  const int an_hour = run(minutes(60));
  EXPECT_LT(an_hour, 17);  // each stays away for 7.5 minutes at least
  EXPECT_GE(an_hour, 4);   // and for 15 at most
  EXPECT_THAT(session->status().detail + rival.status().detail, HasSubstr("s1_g1"));
}

TEST_F(TakeoverTest, ABusyBrokerIsLeftAloneForAWhile) {
  start();
  transport.end("server busy");
  const Duration first = *session->status().next_attempt - clock.now();
  EXPECT_GE(first, seconds(5));
  EXPECT_LT(first, seconds(10));
  for (int i = 0; i < 8; ++i) {
    loop.run_for(*session->status().next_attempt - clock.now());
    transport.end("server busy");
  }
  EXPECT_GE(*session->status().next_attempt - clock.now(), seconds(150));
  EXPECT_LT(*session->status().next_attempt - clock.now(), seconds(300));
}

}  // namespace
}  // namespace aisle::sync
