#include <algorithm>

#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

using testing::ElementsAre;

const std::string kZero(64, '0');

class DatasetsTest : public StoreTest {
 protected:
  void SetUp() override { must_open(); }
  DatasetState apply(DatasetChange change) {
    Batch batch;
    batch.change = std::move(change);
    const auto committed = commit(std::move(batch));
    EXPECT_TRUE(committed && committed->dataset);
    return committed && committed->dataset ? *committed->dataset : DatasetState();
  }
  static DatasetChange offers(std::vector<RecordRow> upserts, std::vector<std::string> deletes = {},
                              bool replace = false) {
    DatasetChange change;
    change.dataset = Dataset::offers;
    change.replace_all = replace;
    change.record_upserts = std::move(upserts);
    change.record_deletes = std::move(deletes);
    change.epoch = "c1";
    change.cursor = 7;
    change.confirmed_ms = 99;
    return change;
  }
  static KeyRow key(std::uint32_t ordinal, std::int32_t day, unsigned char fill) {
    KeyRow row{ordinal, day, {}};
    row.key.fill(static_cast<std::byte>(fill));
    return row;
  }
  static DatasetChange keys(std::vector<KeyRow> upserts, bool replace = false) {
    DatasetChange change;
    change.dataset = Dataset::keys;
    change.replace_all = replace;
    change.key_upserts = std::move(upserts);
    return change;
  }
  std::vector<std::string> ids(Dataset dataset) {
    std::vector<std::string> all;
    const auto rows = ask<std::vector<RecordRow>>([&](auto done) { store_->read_records(dataset, done); });
    for (const RecordRow& row : *rows) all.push_back(row.id);
    return all;
  }
  std::vector<KeyRow> read_keys() {
    return ask<std::vector<KeyRow>>([&](auto done) { store_->read_keys(done); }).value();
  }
};

TEST_F(DatasetsTest, DigestIsTheHashOfTheOnlyRecord) {
  const auto state = apply(offers({{"a", "{}"}}));
  EXPECT_EQ(state.count, 1U);
  // printf 'a\0{}' | sha256sum
  EXPECT_EQ(state.digest, "6d8a39a291dba279b0299a38b5835a23958de12a951f847f1f5ec91e743b3ad4");
}

TEST_F(DatasetsTest, IncrementalDigestEqualsRecomputed) {
  apply(offers({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  apply(offers({{"b", "two"}, {"d", "4"}}, {"a", "missing"}));
  const auto incremental = apply(offers({{"d", "4"}}, {"d"}));
  EXPECT_THAT(ids(Dataset::offers), ElementsAre("b", "c", "d"));
  const auto replaced = apply(offers({{"d", "4"}, {"c", "3"}, {"b", "two"}}, {}, true));
  EXPECT_EQ(incremental.digest, replaced.digest);
  EXPECT_EQ(incremental.count, 3U);
  EXPECT_EQ(replaced.count, 3U);
  EXPECT_NE(replaced.digest, kZero);
  EXPECT_EQ(apply(offers({}, {"b", "c", "d"})).digest, kZero);
}

TEST_F(DatasetsTest, ReplacementLeavesOtherDatasetsAlone) {
  apply(offers({{"a", "1"}, {"b", "2"}}));
  DatasetChange customers = offers({{"c-1", "{}"}});
  customers.dataset = Dataset::customers;
  apply(customers);
  const auto state = apply(offers({{"z", "26"}, {"z", "27"}}, {}, true));
  EXPECT_EQ(state.count, 1U);
  EXPECT_THAT(ids(Dataset::offers), ElementsAre("z"));
  EXPECT_THAT(ids(Dataset::customers), ElementsAre("c-1"));
}

TEST_F(DatasetsTest, StateAndRecordsSurviveARestart) {
  const auto state = apply(offers({{"caf\u00e9", "\u0939\u093f"}}));
  must_open();
  const auto& loaded = store_->loaded().datasets.at(Dataset::offers);
  EXPECT_EQ(loaded.epoch, "c1");
  EXPECT_EQ(loaded.cursor, 7U);
  EXPECT_EQ(loaded.confirmed_ms, 99);
  EXPECT_EQ(loaded.count, 1U);
  EXPECT_EQ(loaded.digest, state.digest);
  EXPECT_THAT(ids(Dataset::offers), ElementsAre("caf\u00e9"));
}

TEST_F(DatasetsTest, EmptyChangeOnlyConfirms) {
  const auto before = apply(offers({{"a", "1"}}));
  auto change = offers({});
  change.confirmed_ms = 500;
  const auto after = apply(change);
  EXPECT_EQ(after.digest, before.digest);
  EXPECT_EQ(after.confirmed_ms, 500);
}

TEST_F(DatasetsTest, KeysKeepTheirDigestThroughEveryKindOfDelete) {
  apply(keys({key(1, 10, 1), key(2, 10, 2), key(1, 11, 3), key(2, 11, 4), key(3, 12, 5)}));
  apply(keys({key(1, 11, 33)}));
  DatasetChange change = keys({});
  change.key_deletes = {{10, std::nullopt}, {11, 2U}, {11, 9U}};
  const auto incremental = apply(change);
  const auto recomputed = apply(keys({key(3, 12, 5), key(1, 11, 33)}, true));
  EXPECT_EQ(incremental.digest, recomputed.digest);
  EXPECT_EQ(incremental.count, 2U);
  EXPECT_EQ(recomputed.count, 2U);

  EXPECT_TRUE(ask<bool>([&](auto done) { store_->drop_keys_before(12, done); }).value());
  EXPECT_FALSE(ask<bool>([&](auto done) { store_->drop_keys_before(12, done); }).value());
  const auto left = read_keys();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].ordinal, 3U);
  EXPECT_EQ(left[0].day, 12);
  EXPECT_EQ(left[0].key, key(3, 12, 5).key);
  EXPECT_EQ(apply(keys({})).digest, apply(keys({key(3, 12, 5)}, true)).digest);
}

TEST_F(DatasetsTest, ChangeAndEventsAreOneTransaction) {
  Batch batch = batch_of({make_event(1), make_event(1)});  // refused
  batch.change = offers({{"a", "1"}});
  EXPECT_FALSE(commit(std::move(batch)));
  EXPECT_TRUE(ids(Dataset::offers).empty());
  must_open();
  EXPECT_TRUE(store_->loaded().datasets.empty());
}

}  // namespace
}  // namespace aisle::store
