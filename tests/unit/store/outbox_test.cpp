#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

using testing::ElementsAre;

class OutboxTest : public StoreTest {
 protected:
  void SetUp() override {
    must_open();
    ASSERT_TRUE(commit({make_event(1), make_event(2), make_event(3), make_event(4), make_event(5)}));
  }
  void settle() { loop_.run_for(milliseconds(200)); }
};

TEST_F(OutboxTest, ReadsOldestFirstWithinLimits) {
  EXPECT_EQ(outbox(0, 2).size(), 2U);
  const auto rest = outbox(2);
  ASSERT_EQ(rest.size(), 3U);
  EXPECT_EQ(rest[0].id, 3);
  const auto small = ask<std::vector<OutboxRow>>([&](auto done) { store_->read_outbox(0, 10, 10, done); });
  EXPECT_EQ(small->size(), 2U);  // 7 bytes each: the second passes the mark
  EXPECT_TRUE(outbox(5).empty());
}

TEST_F(OutboxTest, AcknowledgementDeletesRanges) {
  acknowledge(2);
  acknowledge(4, 4);
  settle();
  EXPECT_THAT(sequences(), ElementsAre(3, 5));
  acknowledge(3, 3);
  settle();
  EXPECT_THAT(sequences(), ElementsAre(5));
  EXPECT_EQ(status().rows, 1U);
  EXPECT_EQ(status().bytes, 7U);
  EXPECT_EQ(status().oldest_id, 5);
  acknowledge(100);
  settle();
  EXPECT_TRUE(outbox().empty());
  EXPECT_EQ(commit({make_event(6)})->first_id, 6);
}

TEST_F(OutboxTest, StatusCountsByEpoch) {
  ASSERT_TRUE(commit({make_event(1, true, "e2")}));
  const auto now = status();
  EXPECT_EQ(now.rows, 6U);
  EXPECT_EQ(now.bytes, 6U * 7U);
  EXPECT_EQ(now.oldest_id, 1);
  EXPECT_EQ(now.newest_id, 6);
  EXPECT_EQ(now.oldest_recorded_ms, 1001);
  EXPECT_EQ(now.rows_by_epoch.at("e1"), 5U);
  EXPECT_EQ(now.rows_by_epoch.at("e2"), 1U);
}

TEST_F(OutboxTest, DeadLettersMoveOutAndBack) {
  store_->dead_letter(2, 0x97, "quota");
  store_->dead_letter(77, 0x97, "not there");
  acknowledge(2);
  settle();
  EXPECT_THAT(sequences(), ElementsAre(3, 4, 5));
  EXPECT_EQ(status().dead_letters, 1U);
  const auto letters = ask<std::vector<DeadLetter>>([&](auto done) { store_->read_dead_letters(10, done); });
  ASSERT_EQ(letters->size(), 1U);
  EXPECT_EQ(letters->at(0).row.event.payload, R"({"n":2})");
  EXPECT_EQ(letters->at(0).reason_code, 0x97);
  EXPECT_EQ(letters->at(0).why, "quota");

  EXPECT_EQ(ask<std::uint64_t>([&](auto done) { store_->retry_dead_letters(10, done); }).value(), 1U);
  EXPECT_THAT(sequences(), ElementsAre(3, 4, 5, 2));
  EXPECT_EQ(outbox().back().id, 6);
  EXPECT_EQ(status().dead_letters, 0U);
  EXPECT_EQ(status().rows, 4U);
  must_open();  // the row that came back does not hide how far the epoch was
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 5U);
  EXPECT_EQ(store_->loaded().outbox_last_id, 6);
}

TEST_F(OutboxTest, DeadLettersAreBounded) {
  std::vector<OutboxEvent> events;
  for (std::uint64_t i = 6; i <= 10'105; ++i) events.push_back(make_event(i));
  ASSERT_TRUE(commit(events));
  for (std::int64_t id = 1; id <= 10'105; ++id) store_->dead_letter(id, 0x87, "not authorized");
  settle();
  EXPECT_EQ(status().dead_letters, 10'000U);
  const auto oldest = ask<std::vector<DeadLetter>>([&](auto done) { store_->read_dead_letters(1, done); });
  EXPECT_EQ(oldest->at(0).row.id, 106);
}

}  // namespace
}  // namespace aisle::store
