#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CommitTest : public StoreTest {
 protected:
  void SetUp() override { must_open(); }
  // Queues one event; its first id lands in `ids` when done.
  void queue(std::uint64_t sequence, bool urgent) {
    store_->commit(batch_of({make_event(sequence)}), urgent, [this, sequence](Result<Committed> committed) {
      done_.push_back(sequence);
      if (committed) {
        ids_.push_back(committed->first_id);
      } else {
        errors_.push_back(committed.error().message());
      }
    });
  }
  std::vector<std::uint64_t> done_;
  std::vector<std::int64_t> ids_;
  std::vector<std::string> errors_;
};

TEST_F(CommitTest, IdsRiseByOneInTheOrderQueued) {
  EXPECT_EQ(commit({make_event(1), make_event(2)})->first_id, 1);
  EXPECT_EQ(commit({make_event(3)})->first_id, 3);
  const auto rows = outbox();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].id, 3);
  EXPECT_EQ(rows[2].event.payload, R"({"n":3})");
  EXPECT_EQ(rows[2].event.recorded_ms, 1003);
  EXPECT_EQ(rows[2].event.type, "zone.entered");
}

TEST_F(CommitTest, WaitingBatchesShareOneTransaction) {
  for (std::uint64_t i = 1; i <= 50; ++i) queue(i, false);
  EXPECT_EQ(store_->stats().waiting, 50U);
  loop_.run_posted();
  EXPECT_EQ(store_->stats().commits, 0U);
  loop_.run_for(milliseconds(450));
  EXPECT_EQ(store_->stats().commits, 1U);
  EXPECT_EQ(store_->stats().events, 50U);
  EXPECT_EQ(store_->stats().waiting, 0U);
  EXPECT_EQ(ids_.size(), 50U);
  EXPECT_EQ(ids_.back(), 50);
}

TEST_F(CommitTest, UrgentTakesTheWaitingAlongWithoutDelay) {
  queue(1, false);
  queue(2, true);
  loop_.run_posted();
  EXPECT_EQ(store_->stats().commits, 1U);
  EXPECT_THAT(ids_, ElementsAre(1, 2));
}

TEST_F(CommitTest, LedgerEventsDoNotWait) {
  store_->commit(batch_of({make_event(1, true)}), false, {});
  loop_.run_posted();
  EXPECT_EQ(store_->stats().commits, 1U);
}

TEST_F(CommitTest, ATransactionIsBounded) {
  for (std::uint64_t i = 1; i <= 2500; ++i) queue(i, true);
  loop_.run_posted();
  EXPECT_EQ(store_->stats().commits, 3U);
  EXPECT_EQ(ids_.size(), 2500U);
  EXPECT_EQ(ids_.back(), 2500);
}

TEST_F(CommitTest, RefusedBatchIsLeftOutAndTheRestGoesOn) {
  queue(1, false);
  queue(2, false);
  queue(2, false);  // does not rise
  queue(3, false);
  loop_.run_for(milliseconds(500));
  EXPECT_THAT(done_, ElementsAre(1, 2, 2, 3));
  EXPECT_THAT(ids_, ElementsAre(1, 2, 3));
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_THAT(errors_[0], HasSubstr("does not follow 2"));
  EXPECT_EQ(store_->stats().refused, 1U);
  EXPECT_EQ(store_->stats().waiting, 0U);
  EXPECT_EQ(store_->stats().failed_commits, 0U);
}

TEST_F(CommitTest, RefusedBatchLeavesNothingBehind) {
  Batch batch = batch_of({make_event(1), make_event(2)});
  batch.decisions = {{"d1", "c1", "o1", "", 5}, {"d1", "c1", "o1", "", 5}};
  EXPECT_FALSE(commit(std::move(batch)));
  EXPECT_TRUE(outbox().empty());
  EXPECT_EQ(status().rows, 0U);
  EXPECT_EQ(commit({make_event(1)})->first_id, 1);
  must_open();
  EXPECT_TRUE(store_->loaded().decisions.empty());
}

TEST_F(CommitTest, AnEpochThatWasLeftIsRefused) {
  ASSERT_TRUE(commit({make_event(1, false, "e1")}));
  ASSERT_TRUE(commit({make_event(1, false, "e2")}));
  const auto back = commit({make_event(2, false, "e1")});
  ASSERT_FALSE(back);
  EXPECT_THAT(back.error().message(), HasSubstr("UNIQUE"));
  EXPECT_EQ(commit({make_event(2, false, "e2")})->first_id, 3);
}

TEST_F(CommitTest, SequenceThatSqliteCannotHoldIsRefused) {
  auto event = make_event(1);
  event.sequence = ~std::uint64_t{0};
  EXPECT_FALSE(commit({event}));
  EXPECT_EQ(store_->stats().refused, 1U);
  EXPECT_TRUE(commit({make_event(1)}));
}

TEST_F(CommitTest, HugeAndUnusualPayloads) {
  auto huge = make_event(1);
  huge.payload = std::string(5'000'000, 'x');
  auto text = make_event(2);
  text.payload = "caf\u00e9 \u0939\u093f\u0928\u094d\u0926\u0940 '\"; DROP TABLE outbox; --";
  auto binary = make_event(3);
  binary.payload = std::string("a\0b\xff", 4);
  auto empty = make_event(4);
  empty.payload.clear();
  ASSERT_TRUE(commit({huge, text, binary, empty}));
  must_open();
  const auto rows = outbox();
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].event.payload.size(), 5'000'000U);
  EXPECT_EQ(rows[1].event.payload, text.payload);
  EXPECT_EQ(rows[2].event.payload, binary.payload);
  EXPECT_EQ(rows[3].event.payload, "");
}

TEST_F(CommitTest, FlushCommitsWithoutTheLoop) {
  queue(1, false);
  EXPECT_TRUE(store_->flush(seconds(1)));
  EXPECT_EQ(store_->stats().events, 1U);
  EXPECT_TRUE(done_.empty());
  loop_.run_posted();
  EXPECT_THAT(done_, ElementsAre(1));
}

TEST_F(CommitTest, NothingIsCalledAfterTheStoreIsGone) {
  queue(1, true);
  queue(2, false);
  store_.reset();
  loop_.run_for(seconds(60));
  EXPECT_TRUE(done_.empty());
  EXPECT_TRUE(loop_.idle());
}

}  // namespace
}  // namespace aisle::store
