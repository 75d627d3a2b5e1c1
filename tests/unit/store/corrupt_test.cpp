#include <fstream>

#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

namespace fs = std::filesystem;

class CorruptTest : public StoreTest {
 protected:
  void write_file(const std::string& content) const { std::ofstream(path(), std::ios::binary) << content; }
  // A healthy database of several pages.
  void make_database() {
    must_open();
    std::vector<OutboxEvent> events;
    for (std::uint64_t i = 1; i <= 500; ++i) events.push_back(make_event(i));
    ASSERT_TRUE(commit(std::move(events)));
    store_.reset();
    made_ = 500;
  }
  void overwrite(std::streamoff at, const std::string& bytes) const {
    std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(at);
    file << bytes;
  }
  void expect_quarantined_and_usable(const std::string& target) {
    must_open();
    ASSERT_TRUE(store_->loaded().quarantined);
    EXPECT_EQ(*store_->loaded().quarantined, target);
    EXPECT_TRUE(fs::exists(target));
    EXPECT_TRUE(store_->loaded().database_lost);
    EXPECT_EQ(store_->loaded().previous_epoch.value_or(EpochInfo()).last_sequence, made_);
    const auto& drops = store_->loaded().unreported_drops;
    EXPECT_EQ(drops.empty(), made_ == 0);
    for (const auto& drop : drops) EXPECT_THAT(drop.ranges, testing::ElementsAre(testing::Pair(1, made_)));
    EXPECT_TRUE(commit({make_event(1, true, "fresh")}));
    EXPECT_EQ(outbox().size(), 1U);
    must_open();
    EXPECT_FALSE(store_->loaded().quarantined);
    EXPECT_EQ(store_->loaded().outbox_rows, 1U);
  }

  std::uint64_t made_ = 0;  // events, of one epoch
};

TEST_F(CorruptTest, Garbage) {
  write_file(std::string(10'000, 'x'));
  expect_quarantined_and_usable(path() + ".corrupt-1");
}

TEST_F(CorruptTest, ShortGarbage) {
  write_file("not a database");
  expect_quarantined_and_usable(path() + ".corrupt-1");
}

TEST_F(CorruptTest, EmptyFileIsNew) {
  write_file("");
  must_open();
  EXPECT_FALSE(store_->loaded().quarantined);
  EXPECT_TRUE(commit({make_event(1)}));
}

TEST_F(CorruptTest, Truncated) {
  make_database();
  fs::resize_file(path(), 3 * 4096 + 100);
  expect_quarantined_and_usable(path() + ".corrupt-1");
}

TEST_F(CorruptTest, TruncatedInTheHeader) {
  make_database();
  fs::resize_file(path(), 60);
  expect_quarantined_and_usable(path() + ".corrupt-1");
}

TEST_F(CorruptTest, FlippedBitInTheHeader) {
  make_database();
  overwrite(3, "x");  // of "SQLite format 3"
  if (master_key_) {
    must_open();
    EXPECT_EQ(store_->loaded().outbox_rows, 500U) << "the mark of a sealed one is no part of its pages";
    return;
  }
  expect_quarantined_and_usable(path() + ".corrupt-1");
}

TEST_F(CorruptTest, DamagedPages) {
  make_database();
  const auto size = static_cast<std::streamoff>(fs::file_size(path()));
  for (std::streamoff at = 4096; at < size; at += 4096) overwrite(at, std::string(200, '\xff'));
  expect_quarantined_and_usable(path() + ".corrupt-1");
}

TEST_F(CorruptTest, EachQuarantineHasItsOwnName) {
  write_file(std::string(5000, 'a'));
  must_open();
  store_.reset();
  write_file(std::string(5000, 'b'));
  expect_quarantined_and_usable(path() + ".corrupt-2");
  EXPECT_TRUE(fs::exists(path() + ".corrupt-1"));
}

}  // namespace
}  // namespace aisle::store
