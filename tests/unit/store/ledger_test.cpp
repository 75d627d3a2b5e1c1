#include <fstream>
#include <iterator>

#include "tests/fakes/card_image.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

class LedgerTest : public StoreTest {
 protected:
  void SetUp() override {
    must_open();
    Batch batch;
    batch.decisions = {{"d1", "customer-needle", "latte", "coffee", 100}, {"d2", "c2", "tea", "", 200}};
    batch.visits = {{"customer-needle", 10, 1}, {"c2", 11, 4}};
    ASSERT_TRUE(commit(std::move(batch)));
  }
  // In the database or its log.
  [[nodiscard]] bool on_disk(const std::string& needle) const {
    if (master_key_) return fakes::opened_image(path(), *master_key_).find(needle) != std::string::npos;
    for (const char* suffix : {"", "-wal"}) {
      std::ifstream in(path() + suffix, std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      if (content.find(needle) != std::string::npos) return true;
    }
    return false;
  }
};

TEST_F(LedgerTest, SurvivesARestart) {
  must_open();
  const auto& loaded = store_->loaded();
  ASSERT_EQ(loaded.decisions.size(), 2U);
  EXPECT_EQ(loaded.decisions[0].decision_id, "d1");
  EXPECT_EQ(loaded.decisions[0].customer, "customer-needle");
  EXPECT_EQ(loaded.decisions[0].offer, "latte");
  EXPECT_EQ(loaded.decisions[0].group, "coffee");
  EXPECT_EQ(loaded.decisions[0].at_us, 100);
  ASSERT_EQ(loaded.visits.size(), 2U);
  EXPECT_EQ(loaded.visits[1].customer, "c2");
  EXPECT_EQ(loaded.visits[1].day, 11);
  EXPECT_EQ(loaded.visits[1].last, 4U);
}

TEST_F(LedgerTest, VisitNumbersAreReplaced) {
  Batch batch;
  batch.visits = {{"c2", 11, 5}};
  ASSERT_TRUE(commit(std::move(batch)));
  must_open();
  ASSERT_EQ(store_->loaded().visits.size(), 2U);
  EXPECT_EQ(store_->loaded().visits[1].last, 5U);
}

TEST_F(LedgerTest, PruneDropsWhatIsOlder) {
  store_->prune(200, 11);
  loop_.run_for(milliseconds(500));
  must_open();
  ASSERT_EQ(store_->loaded().decisions.size(), 1U);
  EXPECT_EQ(store_->loaded().decisions[0].decision_id, "d2");
  ASSERT_EQ(store_->loaded().visits.size(), 1U);
  EXPECT_EQ(store_->loaded().visits[0].day, 11);
}

TEST_F(LedgerTest, AForgottenCustomerLeavesTheDisk) {
  ASSERT_TRUE(on_disk("customer-needle"));
  Batch batch;
  batch.forget_customers = {"customer-needle", "nobody"};
  ASSERT_TRUE(commit(std::move(batch)));
  EXPECT_FALSE(on_disk("customer-needle"));
  must_open();
  ASSERT_EQ(store_->loaded().decisions.size(), 1U);
  EXPECT_EQ(store_->loaded().decisions[0].customer, "c2");
  ASSERT_EQ(store_->loaded().visits.size(), 2U);
  EXPECT_EQ(store_->loaded().visits[0].customer, customer_digest("customer-needle"));
  EXPECT_EQ(store_->loaded().visits[1].customer, "c2");
}

TEST_F(LedgerTest, TheNumberOfADeletedCustomerIsTheLatest) {
  Batch again;
  again.forget_customers = {"c2"};
  ASSERT_TRUE(commit(std::move(again)));
  Batch batch;
  batch.visits = {{"c2", 11, 6}};
  ASSERT_TRUE(commit(std::move(batch)));
  Batch last;
  last.forget_customers = {"c2"};
  ASSERT_TRUE(commit(std::move(last)));
  must_open();
  ASSERT_EQ(store_->loaded().visits.size(), 2U);
  EXPECT_EQ(store_->loaded().visits[1].customer, customer_digest("c2"));
  EXPECT_EQ(store_->loaded().visits[1].last, 6U);
}

}  // namespace
}  // namespace aisle::store
