// Events that wait for the time.
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

class DraftsTest : public StoreTest {
 protected:
  void SetUp() override { must_open(); }
  static Draft draft(std::uint64_t sequence, const std::string& boot = "b1", const std::string& epoch = "e1") {
    return {epoch, sequence, "zone.entered", false, boot, 5'000'000, "body"};
  }
  Result<Committed> keep(std::vector<Draft> drafts) {
    Batch batch;
    batch.drafts = std::move(drafts);
    return commit(std::move(batch));
  }
  // Settles those of one boot.
  Result<Committed> settle(const std::string& boot) {
    Batch batch;
    batch.settle = [boot](const Draft& draft) -> std::optional<OutboxEvent> {
      if (draft.boot != boot) return std::nullopt;
      return OutboxEvent{draft.epoch, draft.sequence, draft.type, draft.body + " settled", 7, draft.ledger};
    };
    return commit(std::move(batch));
  }
};

TEST_F(DraftsTest, WaitOutsideTheOutboxUntilTheyAreSettledInOrder) {
  ASSERT_TRUE(keep({draft(1), draft(2)}));
  ASSERT_TRUE(keep({draft(3)}));
  EXPECT_TRUE(outbox().empty());
  EXPECT_EQ(status().drafts, 3U);
  EXPECT_EQ(status().rows, 0U);
  const auto settled = settle("b1");
  ASSERT_TRUE(settled) << settled.error().message();
  ASSERT_EQ(settled->completed.size(), 3U);
  EXPECT_EQ(settled->first_id, 1);
  ASSERT_TRUE(commit({make_event(4)}));
  EXPECT_EQ(sequences(), (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(outbox()[0].event.payload, "body settled");
  EXPECT_EQ(status().drafts, 0U);
  EXPECT_EQ(status().rows, 4U);
}

TEST_F(DraftsTest, SurviveARestartWithTheirEpochAndPlace) {
  ASSERT_TRUE(keep({draft(1), draft(2)}));
  must_open();
  EXPECT_EQ(store_->loaded().drafts, 2U);
  ASSERT_TRUE(store_->loaded().previous_epoch);
  EXPECT_EQ(store_->loaded().previous_epoch->epoch, "e1");
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 2U);
  EXPECT_FALSE(keep({draft(2)}));  // its place is taken
  ASSERT_TRUE(keep({draft(1, "b2", "e2")}));
  ASSERT_TRUE(settle("b1"));
  EXPECT_EQ(sequences(), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(status().drafts, 1U);
  must_open();
  EXPECT_EQ(store_->loaded().previous_epoch->epoch, "e2");
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 1U);
}

TEST_F(DraftsTest, AcknowledgingWhatWasSentBeforeLeavesThem) {
  ASSERT_TRUE(commit({make_event(1, false, "e0")}));
  ASSERT_TRUE(keep({draft(1), draft(2)}));
  acknowledge(1);
  loop_.run_for(seconds(1));
  EXPECT_EQ(status().rows, 0U);
  must_open();
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 2U);
  ASSERT_TRUE(settle("b1"));
  EXPECT_EQ(outbox()[0].id, 2);  // ids are never used again
}

TEST_F(DraftsTest, AreErasedWithTheirCustomer) {
  auto named = draft(1);
  named.body = R"({"type":"zone.entered","partitionkey":"c-1","data":{}})";
  ASSERT_TRUE(keep({named, draft(2)}));
  Batch batch = batch_of({make_event(3, true)});
  batch.erasure = Erasure{"c-1", [](const Erased&, Batch&) {}};
  const auto erased = commit(std::move(batch));
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->erased->outbox, 1U);
  EXPECT_EQ(erased->erased->dropped[0].ranges[0], (std::pair<std::uint64_t, std::uint64_t>{1, 1}));
  EXPECT_EQ(status().drafts, 1U);
}

TEST_F(DraftsTest, TheNewestTimeOnTheDiskIsTold) {
  ASSERT_TRUE(commit({make_event(1)}));
  Batch batch;
  batch.decisions = {{"d", "c", "o", "", 9'000'000'000}};
  ASSERT_TRUE(commit(std::move(batch)));
  must_open();
  EXPECT_EQ(store_->loaded().newest_ms, 9'000'000);
}

}  // namespace
}  // namespace aisle::store
