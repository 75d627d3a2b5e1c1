#include "tests/unit/sync/dataset_fixture.hpp"

namespace aisle::sync {
namespace {

using ::testing::ElementsAre;

TEST_F(DatasetTest, AsksAtOnceOnConnecting) {
  begin("", 0);
  EXPECT_THAT(requests(), ElementsAre(request("null", 0)));
  EXPECT_EQ(transport.sent("/request").at(0).topic, "aisle/v1/s1/g1/sync/offers/request");
  EXPECT_FALSE(transport.sent("/request").at(0).retain);
  EXPECT_EQ(sync().state, "never synced");
}

TEST_F(DatasetTest, EmptyDeltaConfirmsThatWeAreCurrent) {
  begin("e1", 7);
  EXPECT_EQ(sync().state, "asking");
  own(delta("e1", 7, 7));
  EXPECT_THAT(host.confirmed, ElementsAre(Dataset::offers));
  EXPECT_EQ(sync().state, "current");
  loop.run_for(seconds(1799));
  EXPECT_EQ(requests().size(), 1U);
}

// A delta that was lost with none after it shows in no gap; and consent ages while nobody confirms it.
TEST_F(DatasetTest, AsksAgainWithinTheHourThoughNothingSeemsAmiss) {
  begin_current(7);
  const auto before = requests().size();
  for (int hour = 1; hour <= 3; ++hour) {
    loop.run_for(seconds(3600));
    EXPECT_GT(requests().size(), before + static_cast<std::size_t>(hour) - 1);
    own(delta("e1", 7, 7));
    EXPECT_EQ(sync().state, "current");
  }
  transport.end();
  const auto offline = requests().size();
  loop.run_posted();
  EXPECT_EQ(requests().size(), offline);
}

TEST_F(DatasetTest, RepeatedConfirmationsReachTheHostOnceAMinute) {
  begin_current(7);
  for (int i = 0; i < 1000; ++i) all(delta("e1", 7, 7));
  EXPECT_EQ(host.confirmed.size(), 1U);
  loop.run_for(seconds(60));
  all(delta("e1", 7, 7));
  EXPECT_EQ(host.confirmed.size(), 2U);
}

TEST_F(DatasetTest, DeltaFromOurCursorIsApplied) {
  begin_current(7);
  all(delta("e1", 7, 9));
  ASSERT_EQ(host.applied.size(), 1U);
  EXPECT_EQ(host.applied[0].dataset, Dataset::offers);
  EXPECT_FALSE(host.applied[0].replace_all);
  EXPECT_EQ(host.applied[0].epoch, "e1");
  EXPECT_EQ(host.applied[0].cursor, 9U);
  EXPECT_EQ(host.applied[0].upserts.at(0)["id"], "to-9");
  EXPECT_EQ(sync().cursor, 9U);
  EXPECT_EQ(sync().state, "current");
}

TEST_F(DatasetTest, OldDeltaIsIgnored) {
  begin_current(7);
  all(delta("e1", 3, 7));
  all(delta("e1", 6, 6));
  EXPECT_TRUE(host.applied.empty());
  EXPECT_EQ(sync().ignored, 2U);
  EXPECT_EQ(sync().state, "current");
}

TEST_F(DatasetTest, AnswerIsAskedOnUntilConfirmed) {
  begin("e1", 7);
  own(delta("e1", 7, 9));
  own(delta("e1", 9, 12));
  own(delta("e1", 12, 12));
  EXPECT_THAT(requests(), ElementsAre(request("\"e1\"", 7), request("\"e1\"", 9), request("\"e1\"", 12)));
  EXPECT_EQ(sync().state, "current");
}

TEST_F(DatasetTest, GapAsksAfterUpToThirtySeconds) {
  begin_current(7);
  all(delta("e1", 8, 9));
  EXPECT_EQ(sync().state, "waiting");
  EXPECT_EQ(sync().gaps, 1U);
  EXPECT_EQ(requests().size(), 1U);
  loop.run_for(seconds(30));
  EXPECT_EQ(requests().at(1), request("\"e1\"", 7));
}

TEST_F(DatasetTest, GapThatClosesIsNotAskedAbout) {
  begin_current(7);
  all(delta("e1", 8, 9));
  all(delta("e1", 7, 8));
  EXPECT_EQ(sync().cursor, 9U);
  EXPECT_EQ(sync().state, "current");
  loop.run_for(seconds(60));
  EXPECT_EQ(requests().size(), 1U);
}

TEST_F(DatasetTest, AnotherEpochAsksAndAppliesNothing) {
  begin_current(7);
  all(delta("e9", 7, 8));
  EXPECT_TRUE(host.applied.empty());
  all(delta("e1", 7, 8));  // ours goes on meanwhile, and does not close this gap
  EXPECT_EQ(host.applied.size(), 1U);
  EXPECT_TRUE(asked_within(2, seconds(30)));
}

TEST_F(DatasetTest, ManyGapsMakeOneRequest) {
  begin_current(7);
  for (std::uint64_t to = 20; to < 200; ++to) all(delta("e1", to - 1, to));
  EXPECT_TRUE(asked_within(2, seconds(30)));
  loop.run_for(seconds(4));  // less than an answer may take
  EXPECT_EQ(requests().size(), 2U);
}

TEST_F(DatasetTest, UnansweredRequestsBackOffToFiveMinutes) {
  begin("e1", 7);
  loop.run_for(milliseconds(4999));
  EXPECT_EQ(requests().size(), 1U);
  loop.run_for(seconds(6));
  EXPECT_EQ(requests().size(), 2U);
  loop.run_for(seconds(24 * 3600));
  EXPECT_GT(requests().size(), 288U);
  EXPECT_LT(requests().size(), 588U);
}

TEST_F(DatasetTest, AnAnswerThatDoesNotHelpIsNotAskedForInACircle) {
  begin("e1", 7);
  for (int i = 0; i < 1000; ++i) {
    own(delta("e1", 3, 3));
    loop.run_for(seconds(1));
  }
  EXPECT_LT(requests().size(), 20U);
}

TEST_F(DatasetTest, MessagesWhileApplyingWaitTheirTurn) {
  begin_current(7);
  host.hold_applies = true;
  all(delta("e1", 7, 8));
  all(delta("e1", 8, 9));
  EXPECT_EQ(host.applied.size(), 1U);
  EXPECT_EQ(sync().cursor, 7U);
  host.pending.at(0)(true);
  ASSERT_EQ(host.applied.size(), 2U);
  host.pending.at(1)(true);
  EXPECT_EQ(sync().cursor, 9U);
}

TEST_F(DatasetTest, TooManyMessagesWhileApplyingAreAskedForAgain) {
  begin_current(0);
  host.hold_applies = true;
  for (std::uint64_t to = 1; to <= 200; ++to) all(delta("e1", to - 1, to));
  for (std::size_t i = 0; i < host.pending.size(); ++i) host.pending[i](true);
  EXPECT_EQ(sync().cursor, 65U);
  EXPECT_EQ(requests().at(1), request("\"e1\"", 65));
}

TEST_F(DatasetTest, FailedApplyKeepsTheCursorAndAsksLater) {
  begin_current(7);
  host.apply_result = false;
  all(delta("e1", 7, 8));
  EXPECT_EQ(sync().cursor, 7U);
  EXPECT_EQ(requests().size(), 1U);
  loop.run_for(seconds(10));
  EXPECT_EQ(requests().at(1), request("\"e1\"", 7));
}

TEST_F(DatasetTest, ALateAnswerOfTheHostAfterTheSessionIsGoneIsHarmless) {
  begin_current(7);
  host.hold_applies = true;
  all(delta("e1", 7, 8));
  session.reset();
  host.pending.at(0)(true);
  EXPECT_EQ(host.applied.size(), 1U);
}

TEST_F(DatasetTest, AnImportElsewhereMovesUsAndAsks) {
  begin_current(7);
  store::DatasetState imported;
  session->on_dataset_changed(Dataset::offers, imported);
  EXPECT_EQ(requests().at(1), request("null", 0));
  EXPECT_EQ(sync().state, "never synced");
}

TEST_F(DatasetTest, AnImportDuringAnApplyWins) {
  begin_current(7);
  host.hold_applies = true;
  all(delta("e1", 7, 8));
  session->on_dataset_changed(Dataset::offers, {});
  host.pending.at(0)(true);
  EXPECT_EQ(sync().epoch, "");
  EXPECT_EQ(requests().back(), request("null", 0));
}

TEST_F(DatasetTest, ReconnectingAsksAtOnceAgain) {
  begin_current(7);
  loop.run_for(seconds(40));
  transport.end();
  EXPECT_EQ(sync().state, "waiting");
  loop.run_for(milliseconds(1));
  go_online();
  EXPECT_EQ(requests().size(), 2U);
}

TEST_F(DatasetTest, AFloodOfRubbishIsCountedAndForgotten) {
  begin_current(7);
  SeededRandom dice(11);
  const std::string good = delta("e1", 7, 8);
  for (int i = 0; i < 5'000; ++i) {
    std::string text = good.substr(0, dice.below(good.size()));
    if (!text.empty()) text[dice.below(text.size())] = static_cast<char>(dice.below(256));
    all(text);
  }
  EXPECT_EQ(sync().malformed, 5'000U);
  EXPECT_EQ(sync().state, "current");
  all(good);
  EXPECT_EQ(sync().cursor, 8U);
}

TEST_F(DatasetTest, OtherDatasetsAndTopicsAreNotOurs) {
  begin_current(7);
  transport.deliver("aisle/v1/s1/_all/sync/customers", delta("e1", 7, 8));
  transport.deliver("aisle/v1/s1/_all/sync/offers/request", delta("e1", 7, 8));
  transport.deliver("aisle/v1/s1/g11/sync/offers", delta("e1", 7, 8));
  transport.deliver("", "");
  EXPECT_TRUE(host.applied.empty());
}

// Runs what was posted when the test says so.
class SlowParser final : public Executor {
 public:
  void post(Task task) override { tasks_.push_back(std::move(task)); }
  void work() {
    for (auto& task : std::exchange(tasks_, {})) task();
  }
  [[nodiscard]] std::size_t waiting() const { return tasks_.size(); }

 private:
  std::vector<Task> tasks_;
};

class LargeMessages : public DatasetTest {
 protected:
  void SetUp() override {
    SessionOptions with;
    with.datasets = {Dataset::offers};
    with.retry_spread = seconds(0);
    with.parser = &parser;
    make(with);
    store::Loaded loaded;
    loaded.datasets[Dataset::offers] = {"e1", 5, 0, 0, ""};
    session->start(loaded);
    go_online();
    own(delta("e1", 5, 5));
  }
  static std::string large(int from, int to) {
    return fmt::format(R"({{"epoch":"e1","from":{},"to":{},"deletes":[],"upserts":[{{"id":"{}"}}]}})", from, to,
                       std::string(100'000, 'x'));
  }
  SlowParser parser;
};

TEST_F(LargeMessages, AreParsedAsideAndNothingOvertakesThem) {
  all(large(5, 6));
  all(delta("e1", 6, 7));
  all(delta("e1", 7, 8));
  loop.run_posted();
  EXPECT_TRUE(host.applied.empty());
  EXPECT_EQ(parser.waiting(), 3U);
  parser.work();
  loop.run_posted();
  ASSERT_EQ(host.applied.size(), 3U);
  EXPECT_EQ(sync().cursor, 8U);
  EXPECT_EQ(sync().gaps, 0U);
  all(delta("e1", 8, 9));
  EXPECT_EQ(sync().cursor, 9U) << "a small one is parsed at once when none is before it";
}

TEST_F(LargeMessages, OfAConnectionThatEndedAreNotTaken) {
  all(large(5, 6));
  transport.end();
  parser.work();
  loop.run_posted();
  EXPECT_TRUE(host.applied.empty());
}

TEST_F(LargeMessages, BeyondWhatIsHeldAreAskedForAgain) {
  for (int i = 0; i < 70; ++i) all(large(5 + i, 6 + i));
  EXPECT_EQ(parser.waiting(), 64U);
  const auto before = requests().size();
  parser.work();
  loop.run_posted();
  EXPECT_EQ(sync().cursor, 69U);
  EXPECT_TRUE(asked_within(before + 1, seconds(31)));
}

}  // namespace
}  // namespace aisle::sync
