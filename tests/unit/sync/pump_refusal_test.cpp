#include "tests/unit/sync/session_fixture.hpp"

namespace aisle::sync {
namespace {

class RefusalTest : public SessionTest, public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    SessionOptions patient;
    patient.ack_patience = std::chrono::hours(1);
    start(patient);
    go_online();
    settle();
  }
};
using PermanentRefusal = RefusalTest;
using TransientRefusal = RefusalTest;

TEST_P(PermanentRefusal, GoesToTheDeadLettersAndBlocksNothing) {
  commit(3);
  transport.acknowledge(1, GetParam());
  settle();
  EXPECT_EQ(store.dead_letters, (std::map<std::int64_t, int>{{2, GetParam()}}));
  ASSERT_EQ(host.refused.size(), 1U);
  EXPECT_EQ(host.refused[0].first.sequence, 2U);
  EXPECT_EQ(host.refused[0].first.payload, "{\"n\":2}");
  EXPECT_EQ(session->status().refused, 1U);
  EXPECT_EQ(store.acknowledged.ranges(), (std::map<std::int64_t, std::int64_t>{{1, 1}, {3, 3}}));
  EXPECT_TRUE(session->drained());
}
INSTANTIATE_TEST_SUITE_P(Reasons, PermanentRefusal, ::testing::Values(0x87, 0x90, 0x95, 0x99));

TEST_P(TransientRefusal, IsPublishedAgainAfterAPause) {
  commit(2);
  transport.acknowledge(0, GetParam());
  EXPECT_EQ(event_numbers().size(), 2U);
  commit(1);
  EXPECT_EQ(event_numbers().size(), 2U);  // the broker is left in peace
  loop.run_for(seconds(1));
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 2, 1, 3}));
  EXPECT_TRUE(replayed(transport.sent("/evt/").at(2)));
  EXPECT_EQ(store.acknowledgements, 0);
  settle();
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(host.refused.empty());
}
INSTANTIATE_TEST_SUITE_P(Reasons, TransientRefusal, ::testing::Values(0x80, 0x83, 0x89, 0x97));

TEST_F(RefusalTest, PausesGrow) {
  commit(1);
  for (int i = 0; i < 5; ++i) {
    transport.acknowledge(0, 0x97);
    loop.run_for(seconds(64));
  }
  EXPECT_EQ(event_numbers().size(), 6U);
  transport.acknowledge(0, 0x97);
  loop.run_for(seconds(15));
  EXPECT_EQ(event_numbers().size(), 6U);
}

// A full window that is refused at once is one refusal: the second pause is twice the first at most.
TEST_F(RefusalTest, AWindowThatIsRefusedCountsOnce) {
  commit(64);
  ASSERT_EQ(transport.unanswered.size(), 64U);
  for (const Duration longest : {seconds(1), seconds(2), seconds(4)}) {
    while (!transport.unanswered.empty()) transport.acknowledge(0, 0x97);
    loop.run_for(longest / 2 - milliseconds(1));
    EXPECT_TRUE(transport.unanswered.empty());
    loop.run_for(longest / 2 + milliseconds(1));
    EXPECT_EQ(transport.unanswered.size(), 64U);
  }
  settle();
  EXPECT_TRUE(session->drained());
}

// Of a slow broker: an answer to what was sent before the pause may come after it.
TEST_F(RefusalTest, ALateAnswerOfTheSameRefusalPausesNoLonger) {
  commit(3);
  transport.acknowledge(0, 0x97);
  loop.run_for(seconds(1));
  ASSERT_EQ(event_numbers(), (std::vector<int>{1, 2, 3, 1}));
  transport.acknowledge(0, 0x97);  // 2, and then 3
  transport.acknowledge(0, 0x97);
  loop.run_for(seconds(1));
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 2, 3, 1, 2, 3}));
  transport.acknowledge(0, 0x97);  // 1 again: another refusal, and a longer pause
  loop.run_for(seconds(1) - milliseconds(1));
  EXPECT_EQ(event_numbers().size(), 6U);
}

TEST_F(RefusalTest, AnUnspecificRefusalDoesNotBlockForEver) {
  commit(1);
  for (int i = 0; i < 16; ++i) {
    ASSERT_FALSE(transport.unanswered.empty());
    transport.acknowledge(0, 0x80);
    loop.run_for(seconds(64));
  }
  EXPECT_TRUE(store.dead_letters.contains(1));
  EXPECT_TRUE(session->drained());
}

TEST_F(RefusalTest, AFullQuotaNeverLosesAnEvent) {
  commit(1);
  for (int i = 0; i < 100; ++i) {
    transport.acknowledge(0, 0x97);
    loop.run_for(seconds(64));
  }
  EXPECT_TRUE(store.dead_letters.empty());
  EXPECT_EQ(store.rows.size(), 1U);
}

TEST_F(RefusalTest, NobodyListeningYetIsTriedAgainForAWhile) {
  commit(1);
  transport.acknowledge(0, 0x10);
  EXPECT_EQ(store.acknowledgements, 0);
  loop.run_for(seconds(1));
  ASSERT_EQ(event_numbers(), (std::vector<int>{1, 1}));
  transport.acknowledge(0, 0);
  settle();
  EXPECT_TRUE(store.rows.empty());
}

// An acknowledgement may come late: what counts is when the broker had the event.
TEST_F(RefusalTest, NobodyListeningIsJudgedByWhenTheEventWasSent) {
  commit(1);
  loop.run_for(seconds(20));
  transport.acknowledge(0, 0x10);
  loop.run_for(seconds(1));
  EXPECT_EQ(store.acknowledgements, 0);
  EXPECT_EQ(event_numbers(), (std::vector<int>{1, 1}));
}

TEST_F(RefusalTest, NobodyListeningIsASuccessOnceConsumersHadTimeToComeBack) {
  loop.run_for(seconds(15));
  commit(1);
  transport.acknowledge(0, 0x10);
  settle();
  EXPECT_EQ(event_numbers(), (std::vector<int>{1}));
  EXPECT_TRUE(store.rows.empty());
  EXPECT_TRUE(host.refused.empty());
}

}  // namespace
}  // namespace aisle::sync
