// Snapshots in pages: beside what is in force until they are whole, whatever happens in between.
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

using testing::ElementsAre;

class Staging : public StoreTest {
 protected:
  void SetUp() override {
    must_open();
    Batch batch;
    batch.change.emplace();
    batch.change->epoch = "e1";
    batch.change->cursor = 7;
    batch.change->record_upserts = {{"old", "{}"}, {"same", "{}"}};
    ASSERT_TRUE(commit(std::move(batch)));
  }
  static StagedPage page(std::uint64_t number, std::vector<RecordRow> records, const std::string& snapshot = "\"S\"") {
    StagedPage made;
    made.change.record_upserts = std::move(records);
    made.after = {snapshot, "e2", 50, 2, 0, number + 1, "refused"};
    return made;
  }
  Result<bool> stage(StagedPage page) {
    return ask<bool>([&](auto done) { store_->stage(std::move(page), done); });
  }
  Result<Committed> take() {
    Batch batch;
    batch.change.emplace();
    batch.change->epoch = "e2";
    batch.change->cursor = 50;
    batch.change->from_staging = true;
    return commit(std::move(batch));
  }
  std::vector<std::string> ids() {
    std::vector<std::string> out;
    const auto rows = ask<std::vector<RecordRow>>([&](auto done) { store_->read_records(Dataset::offers, done); });
    for (const auto& row : rows.value()) out.push_back(row.id);
    return out;
  }
};

TEST_F(Staging, ASnapshotIsInForceWithOneTransactionWhenItIsWhole) {
  ASSERT_TRUE(stage(page(0, {{"a", "{}"}, {"same", "{1}"}})));
  EXPECT_THAT(ids(), ElementsAre("old", "same"));
  EXPECT_EQ(take()->dataset->epoch, "e1") << "not whole: nothing changes";
  ASSERT_TRUE(stage(page(1, {{"b", "{}"}, {"a", "{2}"}})));
  EXPECT_THAT(ids(), ElementsAre("old", "same"));
  const auto taken = take();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->dataset->epoch, "e2");
  EXPECT_EQ(taken->dataset->cursor, 50U);
  EXPECT_EQ(taken->dataset->count, 3U);
  EXPECT_THAT(ids(), ElementsAre("a", "b", "same"));
  const auto gone_after = [&](const std::string& id) {
    return ask<Gone>([&](auto done) { store_->read_gone_after(Dataset::offers, {.id = id}, 1, done); }).value();
  };
  EXPECT_THAT(gone_after("").records, ElementsAre("old"));
  EXPECT_EQ(gone_after("").last->id, "old");
  EXPECT_THAT(gone_after("old").records, ElementsAre()) << "what stays is looked at, and not gone";
  EXPECT_EQ(gone_after("old").last->id, "same");
  EXPECT_FALSE(gone_after("same").last);
  must_open();
  EXPECT_THAT(ids(), ElementsAre("a", "b", "same"));
  EXPECT_TRUE(store_->loaded().staging.empty());
}

TEST_F(Staging, TheDigestIsThatOfTheSameRecordsImported) {
  ASSERT_TRUE(stage(page(0, {{"a", "{}"}, {"b", "{}"}})));
  ASSERT_TRUE(stage(page(1, {{"a", "{2}"}})));
  const auto taken = take();
  Batch batch;
  batch.change.emplace();
  batch.change->replace_all = true;
  batch.change->record_upserts = {{"b", "{}"}, {"a", "{2}"}};
  EXPECT_EQ(commit(std::move(batch))->dataset->digest, taken->dataset->digest);
}

TEST_F(Staging, GoesOnAfterARestartAtThePageReached) {
  ASSERT_TRUE(stage(page(0, {{"a", "{}"}})));
  must_open();
  const auto& staged = store_->loaded().staging.at(Dataset::offers);
  EXPECT_EQ(staged.snapshot, "\"S\"");
  EXPECT_EQ(staged.next, 1U);
  EXPECT_EQ(staged.refused, "refused");
  ASSERT_TRUE(stage(page(1, {{"b", "{}"}})));
  ASSERT_TRUE(take());
  EXPECT_THAT(ids(), ElementsAre("a", "b"));
}

TEST_F(Staging, APageThatDoesNotFollowIsRefused) {
  EXPECT_FALSE(stage(page(1, {{"b", "{}"}})));
  ASSERT_TRUE(stage(page(0, {{"a", "{}"}})));
  EXPECT_FALSE(stage(page(1, {{"b", "{}"}}, "\"T\"")));
  EXPECT_TRUE(stage(page(1, {{"b", "{}"}})));
}

TEST_F(Staging, AnotherSnapshotBeginsAnew) {
  ASSERT_TRUE(stage(page(0, {{"a", "{}"}})));
  ASSERT_TRUE(stage(page(0, {{"c", "{}"}}, "\"T\"")));
  ASSERT_TRUE(stage(page(1, {{"d", "{}"}}, "\"T\"")));
  ASSERT_TRUE(take());
  EXPECT_THAT(ids(), ElementsAre("c", "d"));
}

TEST_F(Staging, WhatWasReplacedIsSweptAndADeltaMeetsTheNew) {
  ASSERT_TRUE(stage(page(0, {{"a", "{}"}})));
  ASSERT_TRUE(stage(page(1, {{"b", "{}"}})));
  ASSERT_TRUE(take());
  EXPECT_TRUE(ask<bool>([&](auto done) { store_->sweep(done); }).value());
  EXPECT_FALSE(ask<bool>([&](auto done) { store_->sweep(done); }).value());
  Batch batch;
  batch.change.emplace();
  batch.change->record_deletes = {"a"};
  batch.change->record_upserts = {{"c", "{}"}};
  EXPECT_EQ(commit(std::move(batch))->dataset->count, 2U);
  EXPECT_THAT(ids(), ElementsAre("b", "c"));
}

TEST_F(Staging, RecordsAreReadPageByPage) {
  const auto after = [&](const std::string& id) {
    const auto rows =
        ask<std::vector<RecordRow>>([&](auto done) { store_->read_records_after(Dataset::offers, id, 1, done); });
    return rows->empty() ? std::string() : rows->front().id;
  };
  EXPECT_EQ(after(""), "old");
  EXPECT_EQ(after("old"), "same");
  EXPECT_EQ(after("same"), "");
}

TEST_F(Staging, Keys) {
  const auto staged_keys = [&](std::uint64_t number, std::vector<KeyRow> keys) {
    StagedPage made = page(number, {});
    made.change.dataset = Dataset::keys;
    made.change.key_upserts = std::move(keys);
    return made;
  };
  Key128 other{};
  other[0] = std::byte{9};
  Batch before;
  before.change.emplace();
  before.change->dataset = Dataset::keys;
  before.change->key_upserts = {{7, 10, {}}, {8, 10, {}}};
  ASSERT_TRUE(commit(std::move(before)));
  ASSERT_TRUE(stage(staged_keys(0, {{7, 10, {}}, {7, 11, {}}})));
  ASSERT_TRUE(stage(staged_keys(1, {{7, 11, other}})));
  Batch batch;
  batch.change.emplace();
  batch.change->dataset = Dataset::keys;
  batch.change->epoch = "e2";
  batch.change->cursor = 50;
  batch.change->from_staging = true;
  const auto taken = commit(std::move(batch));
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->dataset->count, 2U);
  const auto rows = ask<std::vector<KeyRow>>([&](auto done) { store_->read_keys_after(10, 7, 10, done); });
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0].day, 11);
  EXPECT_EQ((*rows)[0].key, other);
  const auto gone = ask<Gone>([&](auto done) { store_->read_gone_after(Dataset::keys, {}, 10, done); });
  EXPECT_THAT(gone->keys, ElementsAre(testing::Pair(10, 8U)));
  EXPECT_EQ(gone->last->ordinal, 8);
  EXPECT_TRUE(ask<bool>([&](auto done) { store_->sweep(done); }).value());
  EXPECT_FALSE(ask<bool>([&](auto done) { store_->sweep(done); }).value());
  must_open();
  EXPECT_EQ(ask<std::vector<KeyRow>>([&](auto done) { store_->read_keys(done); })->size(), 2U);
  // And once more: the tables change places back.
  ASSERT_TRUE(stage(staged_keys(0, {{9, 12, {}}})));
  ASSERT_TRUE(stage(staged_keys(1, {})));
  Batch again;
  again.change.emplace();
  again.change->dataset = Dataset::keys;
  again.change->epoch = "e2";
  again.change->cursor = 50;
  again.change->from_staging = true;
  EXPECT_EQ(commit(std::move(again))->dataset->count, 1U);
}

TEST_F(Staging, ASnapshotThatIsGivenUpIsDiscardedBitByBit) {
  std::vector<RecordRow> many;
  for (int i = 0; i < 1200; ++i) many.push_back({fmt::format("r{}", i), "{}"});
  ASSERT_TRUE(stage(page(0, many)));
  ASSERT_TRUE(stage(page(0, {{"c", "{}"}}, "\"T\"")));
  ASSERT_TRUE(stage(page(1, {}, "\"T\"")));
  EXPECT_EQ(take()->dataset->count, 1U);
  EXPECT_THAT(ids(), ElementsAre("c"));
}

}  // namespace
}  // namespace aisle::store
