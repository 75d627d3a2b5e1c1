// Day keys rest under a wrapping key of their day, which goes with the day.
#include "tests/fakes/card_image.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

namespace fs = std::filesystem;
using fakes::opened_image;

KeyRow key(std::uint32_t ordinal, std::int32_t day) {
  KeyRow row{ordinal, day, {}};
  for (std::size_t i = 0; i < row.key.size(); ++i)
    row.key.at(i) = static_cast<std::byte>(ordinal * 31 + static_cast<std::uint32_t>(day) * 7 + i);
  return row;
}
std::string text_of(ByteSpan bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

class DayWrappersTest : public StoreTest {
 protected:
  void drop_keys_before(std::int32_t day) {
    while (*ask<bool>([&](auto done) { store_->drop_keys_before(day, done); })) {
    }
  }
  void SetUp() override {
    master_key_ = fakes::master_key();
    must_open();
  }
  DatasetState apply(std::vector<KeyRow> keys) {
    Batch batch;
    batch.change.emplace();
    batch.change->dataset = Dataset::keys;
    batch.change->key_upserts = std::move(keys);
    return commit(std::move(batch))->dataset.value_or(DatasetState());
  }
  Result<std::vector<KeyRow>> read_keys() {
    return ask<std::vector<KeyRow>>([&](auto done) { store_->read_keys(done); });
  }
  // What rests in `day_wrappers` for a day, from a copy of the files as they are.
  std::string wrapper_of(std::int32_t day) {
    const std::string copy = dir_.file("copy.db");
    for (const char* suffix : {"", "-wal"})
      fs::copy_file(path() + suffix, copy + suffix, fs::copy_options::overwrite_existing);
    auto database = fakes::open_raw(copy, master_key_);
    EXPECT_TRUE(database);
    const auto hex = (*database)->text(fmt::format("SELECT hex(wrapped) FROM day_wrappers WHERE day = {}", day));
    database = fail("closed");
    for (const char* suffix : {"", "-wal"}) fs::remove(copy + suffix);
    return text_of(from_hex(hex.value()).value());
  }
  // With the master key in hand.
  [[nodiscard]] bool found(const std::string& needle) const {
    return !needle.empty() && opened_image(path(), *master_key_).find(needle) != std::string::npos;
  }
};

TEST_F(DayWrappersTest, KeysRestWrappedAndReadAsTheyAre) {
  apply({key(1, 20), key(2, 20), key(1, 21)});
  const auto rows = read_keys();
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ((*rows)[1].key, key(2, 20).key);
  EXPECT_FALSE(found(text_of(key(1, 20).key)));
  EXPECT_TRUE(found(wrapper_of(20)));
  EXPECT_NE(wrapper_of(20), wrapper_of(21));
  must_open();
  EXPECT_EQ(read_keys()->at(2).key, key(1, 21).key);
}

TEST_F(DayWrappersTest, TheDigestIsThatOfThePlainKeys) {
  const auto sealed = apply({key(1, 20), key(2, 21)});
  store_.reset();
  fs::remove(path());
  master_key_.reset();
  must_open();
  EXPECT_EQ(apply({key(1, 20), key(2, 21)}).digest, sealed.digest);
}

// Card and master key together do not bring back a day that has gone.
TEST_F(DayWrappersTest, AnExpiredDayCannotBeRead) {
  apply({key(1, 20), key(1, 21)});
  apply({key(2, 20)});
  const std::string expired = wrapper_of(20);
  const std::string valid = wrapper_of(21);
  ASSERT_TRUE(found(expired));
  drop_keys_before(21);
  EXPECT_FALSE(found(expired)) << "neither in the database nor in an old frame of the log";
  EXPECT_TRUE(found(valid));
  ASSERT_EQ(read_keys()->size(), 1U);
  must_open();
  EXPECT_EQ(read_keys()->at(0).key, key(1, 21).key);
  store_.reset();
  EXPECT_FALSE(found(expired));
}

TEST_F(DayWrappersTest, ANewKeyOfAnExpiredDayHasAnotherWrapper) {
  apply({key(1, 20)});
  const std::string before = wrapper_of(20);
  drop_keys_before(21);
  apply({key(1, 20)});
  EXPECT_NE(wrapper_of(20), before);
  EXPECT_EQ(read_keys()->at(0).key, key(1, 20).key);
}

// What was made in a transaction that failed is not used afterwards.
TEST_F(DayWrappersTest, AWrapperOfAFailedTransactionIsForgotten) {
  Batch batch = batch_of({make_event(1), make_event(1)});  // refused
  batch.change.emplace();
  batch.change->dataset = Dataset::keys;
  batch.change->key_upserts = {key(1, 20)};
  EXPECT_FALSE(commit(std::move(batch)));
  apply({key(1, 20)});
  must_open();
  ASSERT_EQ(read_keys()->size(), 1U);
  EXPECT_EQ(read_keys()->at(0).key, key(1, 20).key);
}

TEST_F(DayWrappersTest, StagedKeysGoWithTheirDay) {
  const auto stage = [&](std::uint64_t number, std::vector<KeyRow> keys) {
    StagedPage page;
    page.change.dataset = Dataset::keys;
    page.change.key_upserts = std::move(keys);
    page.after = {"\"S\"", "e2", 50, 2, 0, number + 1, ""};
    return ask<bool>([&](auto done) { store_->stage(std::move(page), done); });
  };
  ASSERT_TRUE(stage(0, {key(1, 20), key(2, 20), key(1, 21)}));
  drop_keys_before(21);
  ASSERT_TRUE(stage(1, {key(2, 21)}));
  Batch take;
  take.change.emplace();
  take.change->dataset = Dataset::keys;
  take.change->epoch = "e2";
  take.change->cursor = 50;
  take.change->from_staging = true;
  const auto taken = commit(std::move(take));
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->dataset->count, 2U);
  ASSERT_EQ(read_keys()->size(), 2U);
  EXPECT_EQ(read_keys()->at(1).key, key(2, 21).key);
  Batch whole;
  whole.change.emplace();
  whole.change->dataset = Dataset::keys;
  whole.change->replace_all = true;
  whole.change->key_upserts = {key(1, 21), key(2, 21)};
  EXPECT_EQ(commit(std::move(whole))->dataset->digest, taken->dataset->digest);
}

}  // namespace
}  // namespace aisle::store
