// What was spent of leases, and their fences, on the disk.
#include <fstream>

#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

class StoredLeases : public StoreTest {
 protected:
  void SetUp() override { must_open(); }
  static Batch decided(std::uint64_t sequence, LeaseSpendRow spend) {
    Batch batch = batch_of({make_event(sequence, true)});
    batch.lease_spends = {std::move(spend)};
    return batch;
  }
  static Batch fences(std::map<std::string, std::int64_t> seen) {
    Batch batch;
    batch.change.emplace();
    batch.change->dataset = Dataset::leases;
    batch.change->lease_fences = std::move(seen);
    return batch;
  }
};

TEST_F(StoredLeases, ASpentUnitSurvivesARestartAndCannotBeSpentAgain) {
  ASSERT_TRUE(commit(decided(1, {"l", 3, 1, "", 1'000'000})));
  must_open();
  ASSERT_EQ(store_->loaded().lease_spends.size(), 1U);
  EXPECT_EQ(store_->loaded().lease_spends[0].lease, "l");
  EXPECT_EQ(store_->loaded().lease_spends[0].fence, 3);
  EXPECT_EQ(store_->loaded().lease_spends[0].unit, 1U);
  EXPECT_FALSE(commit(decided(2, {"l", 3, 1, "", 1'000'000}))) << "the event must not be committed without its unit";
  EXPECT_EQ(sequences(), (std::vector<std::uint64_t>{1}));
  EXPECT_TRUE(commit(decided(3, {"l", 3, 2, "", 1'000'000})));
}

TEST_F(StoredLeases, ACodeIsSpentOnceUnderAnyFence) {
  ASSERT_TRUE(commit(decided(1, {"l", 3, 1, "A1", 1'000'000})));
  EXPECT_FALSE(commit(decided(2, {"l", 4, 1, "A1", 1'000'000})));
  EXPECT_TRUE(commit(decided(3, {"m", 4, 1, "A1", 1'000'000})));
}

TEST_F(StoredLeases, TheHighestFenceIsKept) {
  ASSERT_TRUE(commit(fences({{"l", 3}, {"m", 1}})));
  ASSERT_TRUE(commit(fences({{"l", 2}})));
  must_open();
  EXPECT_EQ(store_->loaded().lease_fences, (std::map<std::string, std::int64_t>{{"l", 3}, {"m", 1}}));
}

TEST_F(StoredLeases, ALostDatabaseIsRememberedUntilLeasesCome) {
  EXPECT_FALSE(store_->loaded().leases_lost);
  store_.reset();
  {
    std::ofstream out(path(), std::ios::binary | std::ios::trunc);
    out << std::string(8192, 'x');
  }
  must_open();
  ASSERT_TRUE(store_->loaded().quarantined.has_value());
  EXPECT_TRUE(store_->loaded().leases_lost);
  must_open();
  EXPECT_TRUE(store_->loaded().leases_lost);
  ASSERT_TRUE(commit(fences({{"l", 3}})));
  must_open();
  EXPECT_FALSE(store_->loaded().leases_lost);
}

}  // namespace
}  // namespace aisle::store
