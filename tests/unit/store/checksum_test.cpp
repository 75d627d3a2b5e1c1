// Rows that the disk has altered: they are not sent, and accounted for.
#include <filesystem>

#include "agent/store/sql.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

OutboxEvent whole_event(std::uint64_t sequence, const std::string& epoch = "e1") {
  OutboxEvent event = make_event(sequence, false, epoch);
  event.payload = fmt::format(R"({{"id":"{}-{:020}","data":{{"dwell_s":60}}}})", epoch, sequence);
  return event;
}

class ChecksumTest : public StoreTest {
 protected:
  void SetUp() override {
    master_key_.reset();  // rows are altered behind the store: in a sealed one pages have checksums of their own
    must_open();
    std::vector<OutboxEvent> events;
    for (std::uint64_t i = 1; i <= 5; ++i) events.push_back(whole_event(i));
    ASSERT_TRUE(commit(std::move(events)));
  }
  // As the disk would, behind the store's back.
  void alter(const std::string& statement) {
    store_.reset();
    {
      auto connection = Connection::open(path(), "");
      ASSERT_TRUE(connection);
      const auto altered = connection->execute("test", statement);
      ASSERT_TRUE(altered) << altered.error().message();
    }
    must_open();
  }
  // As the pump does: what can be sent.
  std::vector<std::uint64_t> read() {
    std::vector<std::uint64_t> sound;
    for (const OutboxRow& row : outbox()) {
      if (row.damaged) {
        EXPECT_EQ(row.event.payload, "") << "an erasure could not find whose it is";
        store_->set_aside(row.id);
      } else {
        sound.push_back(row.event.sequence);
      }
    }
    return sound;
  }
  // What was set aside is told after the next commit.
  std::vector<Dropped> accounts() {
    loop_.run_for(seconds(1));
    auto dropped = ask<std::vector<Dropped>>([&](auto done) { store_->enforce_bounds({1000, 1U << 30U}, {}, done); });
    EXPECT_TRUE(dropped);
    return dropped ? *dropped : std::vector<Dropped>();
  }
  std::vector<DeadLetter> letters() {
    auto answer = ask<std::vector<DeadLetter>>([&](auto done) { store_->read_dead_letters(0, 100, done); });
    EXPECT_TRUE(answer);
    return answer ? *answer : std::vector<DeadLetter>();
  }
  OutboxCheck check() {
    auto answer = ask<OutboxCheck>([&](auto done) { store_->check_outbox(done); });
    EXPECT_TRUE(answer);
    return answer ? *answer : OutboxCheck();
  }
  std::uint64_t retry() {
    return ask<std::uint64_t>([&](auto done) { store_->retry_dead_letters({}, done); }).value();
  }
};

TEST_F(ChecksumTest, AnAlteredPayloadIsNotSentAndListedAsLost) {
  alter("UPDATE outbox SET payload = replace(payload, '60', '61') WHERE id = 2");
  EXPECT_THAT(check().problems, ElementsAre(HasSubstr("e1-2 is damaged")));
  EXPECT_THAT(read(), ElementsAre(1, 3, 4, 5));
  const auto told = accounts();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].reason, "lost");
  EXPECT_EQ(told[0].epoch, "e1");
  EXPECT_THAT(told[0].ranges, ElementsAre(Pair(2, 2)));
  EXPECT_THAT(told[0].by_type, ElementsAre(Pair("zone.entered", 1)));
  EXPECT_EQ(status().damaged, 1U);
  EXPECT_EQ(status().dead_letters, 0U);
  EXPECT_EQ(status().rows, 4U);
  EXPECT_THAT(check().problems, IsEmpty());
  EXPECT_THAT(check().set_aside, ElementsAre("e1-2 zone.entered"));
  must_open();
  EXPECT_EQ(store_->loaded().unreported_drops.size(), 1U) << "until an event has listed it";
}

TEST_F(ChecksumTest, WhatWasSetAsideIsNotSentAgain) {
  alter("UPDATE outbox SET payload = 'x' WHERE id = 2");
  read();
  accounts();
  ASSERT_EQ(letters().size(), 1U);
  EXPECT_EQ(letters()[0].reason_code, kDamaged);
  EXPECT_EQ(letters()[0].row.event.payload, "");
  EXPECT_EQ(retry(), 0U);
  EXPECT_EQ(letters().size(), 1U);
}

TEST_F(ChecksumTest, EveryColumnCounts) {
  for (const char* column : {"recorded_ms", "ledger", "passed", "checksum"}) {
    alter(fmt::format("UPDATE outbox SET {0} = {0} + 1 WHERE id = (SELECT min(id) FROM outbox)", column));
    read();
    EXPECT_EQ(accounts().size(), 1U) << column;
  }
  EXPECT_THAT(sequences(), ElementsAre(5));
}

TEST_F(ChecksumTest, AnAlteredNameIsReadFromThePayload) {
  alter("UPDATE outbox SET sequence = 66, type = 'zone.entered' WHERE id = 2");
  alter("UPDATE outbox SET epoch = 'f1' WHERE id = 3");
  alter("UPDATE outbox SET type = 'Zone entered' WHERE id = 4");
  EXPECT_THAT(read(), ElementsAre(1, 5));
  const auto told = accounts();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_THAT(told[0].ranges, ElementsAre(Pair(2, 2)));
  EXPECT_EQ(told[1].epoch, "e1");
  EXPECT_THAT(told[1].ranges, ElementsAre(Pair(3, 3)));
  EXPECT_THAT(told[2].by_type, ElementsAre(Pair("event.unknown", 1)));
}

// Whatever is left of a row, it does not keep back what follows.
TEST_F(ChecksumTest, ARowOfWhichNothingIsRightIsSetAsideToo) {
  alter("UPDATE outbox SET sequence = -1, epoch = x'FF00', type = x'FE', payload = x'FF' WHERE id = 2");
  EXPECT_THAT(read(), ElementsAre(1, 3, 4, 5));
  EXPECT_EQ(accounts().size(), 1U);
  ASSERT_TRUE(commit({whole_event(6)}));
  EXPECT_EQ(check().set_aside.size(), 1U);
}

TEST_F(ChecksumTest, WhatIsReadRightlyTheSecondTimeIsNotSetAside) {
  store_->set_aside(2);
  EXPECT_TRUE(accounts().empty());
  EXPECT_THAT(sequences(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(ChecksumTest, ADamagedDraftIsListedWhenTheOthersAreSettled) {
  Batch keep;
  for (std::uint64_t i = 6; i <= 8; ++i) keep.drafts.push_back({"e1", i, "zone.entered", false, "b1", 5, "body"});
  ASSERT_TRUE(commit(std::move(keep)));
  alter("UPDATE drafts SET body = 'bodi' WHERE sequence = 7");
  EXPECT_THAT(check().problems, ElementsAre(HasSubstr("the draft e1-7")));
  Batch batch;
  batch.settle = [](const Draft& draft) { return whole_event(draft.sequence); };
  ASSERT_TRUE(commit(std::move(batch)));
  EXPECT_THAT(sequences(), ElementsAre(1, 2, 3, 4, 5, 6, 8));
  const auto told = accounts();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].reason, "lost");
  EXPECT_THAT(told[0].ranges, ElementsAre(Pair(7, 7)));
  EXPECT_EQ(status().drafts, 0U);
}

TEST_F(ChecksumTest, ADamagedDeadLetterStaysOne) {
  store_->dead_letter(2, 0x87, "not authorized");
  store_->dead_letter(3, 0x87, "not authorized");
  loop_.run_for(seconds(1));
  alter("UPDATE dead_letters SET payload = 'x' WHERE id = 3");
  EXPECT_THAT(check().set_aside, ElementsAre("e1-3 zone.entered"));
  EXPECT_EQ(retry(), 1U);
  EXPECT_THAT(sequences(), ElementsAre(1, 4, 5, 2));
}

TEST_F(ChecksumTest, RowsOfBeforeTheChecksumsAreTakenAsTheyAre) {
  store_.reset();
  std::filesystem::remove(path());
  {
    auto connection = Connection::open(path(), "");
    ASSERT_TRUE(connection);
    for (const SqlFile& file : sql_files()) {
      if (file.name < "014" && file.name[3] == '_') {
        ASSERT_TRUE(connection->execute(file.name, std::string(file.text)));
      }
    }
    ASSERT_TRUE(connection->execute(
        "test", fmt::format("INSERT INTO outbox VALUES (1, 'e1', 1, 'zone.entered', 5, 0, 2, '{{}}');"
                            "INSERT INTO dead_letters VALUES (2, 'e1', 2, 'zone.entered', 5, 0, 2, '{{}}', 135, 'no');"
                            "PRAGMA user_version = 13; PRAGMA application_id = {}",
                            0x4149534C)));
  }
  must_open();
  ASSERT_FALSE(store_->loaded().quarantined);
  EXPECT_THAT(sequences(), ElementsAre(1));
  EXPECT_EQ(retry(), 1U);
  EXPECT_THAT(sequences(), ElementsAre(1, 2));
  EXPECT_EQ(status().damaged, 0U);
}

// A commit says how far everything is acknowledged; the rows themselves go later.
TEST_F(ChecksumTest, WhatALaterCommitKnewToBeAcknowledgedDoesNotComeAgain) {
  acknowledge(3);
  must_open();
  EXPECT_THAT(sequences(), ElementsAre(1, 2, 3, 4, 5)) << "no commit came after it";
  acknowledge(3);
  acknowledge(5, 5);
  ASSERT_TRUE(commit({whole_event(6)}));
  EXPECT_EQ(sequences().size(), 6U) << "to spare the card";
  must_open();
  EXPECT_THAT(sequences(), ElementsAre(4, 5, 6)) << "4 was not, so no more than up to 3 is known";
  EXPECT_EQ(store_->loaded().outbox_rows, 3U);
  ASSERT_TRUE(commit({whole_event(7)}));
  must_open();
  EXPECT_THAT(sequences(), ElementsAre(4, 5, 6, 7));
}

TEST_F(ChecksumTest, ADamagedRowIsNotBelievedOfWhatIsAcknowledged) {
  acknowledge(3);
  ASSERT_TRUE(commit({whole_event(6)}));
  alter("UPDATE outbox SET passed = 1 WHERE id = 6");
  EXPECT_THAT(read(), ElementsAre(1, 2, 3, 4, 5));
}

}  // namespace
}  // namespace aisle::store
