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
  void settle() { loop_.run_for(seconds(30)); }
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

TEST_F(OutboxTest, AcknowledgementsWaitForCompanyButNotForEver) {
  const auto rows = [&] { return outbox().size(); };
  acknowledge(1);
  loop_.run_for(milliseconds(9999));
  ASSERT_TRUE(commit({make_event(6)}));  // costs its own page only
  EXPECT_EQ(rows(), 6U);
  loop_.run_for(milliseconds(5000));
  EXPECT_EQ(rows(), 6U);
  loop_.run_for(milliseconds(1));
  EXPECT_EQ(rows(), 5U);
  acknowledge(2);
  loop_.run_for(milliseconds(10'001));
  ASSERT_TRUE(commit({make_event(7)}));  // takes it along
  EXPECT_EQ(rows(), 5U);
  acknowledge(3);
  EXPECT_EQ(status().rows, 4U) << "who asks is told the truth";
  acknowledge(4);
  EXPECT_TRUE(store_->flush(milliseconds(0)));
  EXPECT_EQ(rows(), 3U);
}

// An event as it is really made: its payload tells its id.
OutboxEvent real_event(std::uint64_t sequence) {
  OutboxEvent event = make_event(sequence, false, "e2");
  event.payload = fmt::format(R"({{"id":"e2-{:020}"}})", sequence);
  return event;
}

class OutboxCheckTest : public StoreTest {
 protected:
  void SetUp() override {
    must_open();
    ASSERT_TRUE(commit({real_event(1), real_event(2), real_event(3)}));
  }
  OutboxCheck check() {
    auto found = ask<OutboxCheck>([&](auto done) { store_->check_outbox(done); });
    EXPECT_TRUE(found);
    return found ? *found : OutboxCheck();
  }
  // Changes the file behind the store's back.
  void tamper(const std::string& script) {
    store_.reset();
    {
      auto database = fakes::open_raw(path(), master_key_);
      ASSERT_TRUE(database);
      const auto done = (*database)->execute("tamper", script);
      ASSERT_TRUE(done) << done.error().message();
    }
    must_open();
  }
};

TEST_F(OutboxCheckTest, ASoundOutboxHasNoProblems) {
  acknowledge(2, 2);
  const auto found = check();
  EXPECT_THAT(found.problems, testing::IsEmpty());
  EXPECT_EQ(found.rows, 2U);
  ASSERT_EQ(found.epochs.size(), 1U);
  EXPECT_EQ(found.epochs.at("e2").first, 1U);
  EXPECT_EQ(found.epochs.at("e2").last, 3U);
  EXPECT_EQ(found.epochs.at("e2").rows, 2U);
}

TEST_F(OutboxCheckTest, ARowTwiceIsFound) {
  tamper(
      "INSERT INTO outbox SELECT 0, epoch, sequence, type, recorded_ms, ledger, bytes, payload, checksum, passed "
      "FROM outbox WHERE id = 2");
  EXPECT_THAT(check().problems, ElementsAre("e2-2 is there 2 times"));
}

TEST_F(OutboxCheckTest, AnotherPayloadIsFound) {
  tamper("UPDATE outbox SET payload = replace(payload, '2', '7') WHERE id = 2");
  EXPECT_THAT(check().problems, ElementsAre("the payload of e2-2 is of another event",
                                            "the event e2-2 is damaged: its checksum is wrong"));
}

TEST_F(OutboxCheckTest, WrongBytesAreFound) {
  tamper("UPDATE outbox SET bytes = bytes + 1 WHERE id = 2");
  EXPECT_THAT(check().problems, ElementsAre(testing::HasSubstr("their payloads have")));
}

TEST_F(OutboxTest, ManyAcknowledgementsDoNotWait) {
  std::vector<OutboxEvent> events;
  for (std::uint64_t i = 6; i <= 5000; ++i) events.push_back(make_event(i));
  ASSERT_TRUE(commit(events));
  acknowledge(4000);
  loop_.run_posted();
  EXPECT_EQ(outbox().size(), 1000U);
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
  const auto letters = ask<std::vector<DeadLetter>>([&](auto done) { store_->read_dead_letters(0, 10, done); });
  ASSERT_EQ(letters->size(), 1U);
  EXPECT_EQ(letters->at(0).row.event.payload, R"({"n":2})");
  EXPECT_EQ(letters->at(0).reason_code, 0x97);
  EXPECT_EQ(letters->at(0).why, "quota");

  EXPECT_EQ(ask<std::uint64_t>([&](auto done) { store_->retry_dead_letters({}, done); }).value(), 1U);
  EXPECT_THAT(sequences(), ElementsAre(3, 4, 5, 2));
  EXPECT_EQ(outbox().back().id, 6);
  EXPECT_EQ(status().dead_letters, 0U);
  EXPECT_EQ(status().rows, 4U);
  must_open();  // the row that came back does not hide how far the epoch was
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 5U);
  EXPECT_EQ(store_->loaded().outbox_last_id, 6);
}

TEST_F(OutboxTest, DeadLettersComeBackByIdAndType) {
  ASSERT_TRUE(commit({make_event(6, true), make_event(7)}));
  for (const std::int64_t id : {1, 2, 3, 6, 7}) store_->dead_letter(id, 0x87, "not authorized");
  settle();
  const auto retry = [this](const DeadLetterChoice& choice) {
    return ask<std::uint64_t>([&](auto done) { store_->retry_dead_letters(choice, done); }).value();
  };
  EXPECT_EQ(retry({{99}, {"no.such"}}), 0U);
  EXPECT_EQ(retry({{3, 1}, {}}), 2U);
  EXPECT_EQ(retry({{2}, {"offer.decided"}}), 2U);
  EXPECT_THAT(sequences(), ElementsAre(4, 5, 1, 3, 2, 6));
  EXPECT_EQ(status().dead_letters, 1U);
}

TEST_F(OutboxTest, DeadLettersAreBounded) {
  std::vector<OutboxEvent> events;
  for (std::uint64_t i = 6; i <= 10'105; ++i) events.push_back(make_event(i));
  ASSERT_TRUE(commit(events));
  for (std::int64_t id = 1; id <= 10'105; ++id) store_->dead_letter(id, 0x87, "not authorized");
  settle();
  EXPECT_EQ(status().dead_letters, 10'000U);
  const auto oldest = ask<std::vector<DeadLetter>>([&](auto done) { store_->read_dead_letters(0, 1, done); });
  EXPECT_EQ(oldest->at(0).row.id, 106);
}

}  // namespace
}  // namespace aisle::store
