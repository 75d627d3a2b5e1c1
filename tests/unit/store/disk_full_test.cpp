#include <sqlite3.h>

#include "tests/fakes/fault_vfs.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DiskFullTest : public StoreTest {
 protected:
  void SetUp() override { must_open(vfs_.name()); }
  void TearDown() override {
    vfs_.heal();
    store_.reset();
  }
  void queue(std::uint64_t sequence) {
    store_->commit(batch_of({make_event(sequence, true)}), true, [this, sequence](Result<Committed> committed) {
      EXPECT_TRUE(committed);
      done_.push_back(sequence);
    });
    loop_.run_posted();
  }
  fakes::FaultVfs vfs_{"fault-disk-full"};
  std::vector<std::uint64_t> done_;
};

TEST_F(DiskFullTest, RecoversInOrderWithoutRestart) {
  queue(1);
  vfs_.fail_writes(SQLITE_FULL);
  for (std::uint64_t i = 2; i <= 20; ++i) queue(i);
  loop_.run_for(seconds(30));
  EXPECT_THAT(done_, ElementsAre(1));
  EXPECT_EQ(store_->stats().waiting, 19U);
  EXPECT_GE(store_->stats().failed_commits, 4U);  // at 0, 1, 3, 7, 15, 25 s
  EXPECT_LE(store_->stats().failed_commits, 7U);
  EXPECT_THAT(store_->stats().last_error, HasSubstr("full"));
  EXPECT_EQ(sequences().size(), 1U);

  vfs_.heal();
  loop_.run_for(seconds(10));
  ASSERT_EQ(done_.size(), 20U);
  for (std::uint64_t i = 0; i < 20; ++i) EXPECT_EQ(done_[i], i + 1);
  EXPECT_EQ(store_->stats().waiting, 0U);
  must_open(vfs_.name());
  ASSERT_EQ(sequences().size(), 20U);
  EXPECT_EQ(outbox().back().id, 20);
}

TEST_F(DiskFullTest, AFailedSyncIsNoCommit) {
  queue(1);
  vfs_.fail_syncs(SQLITE_IOERR_FSYNC);
  queue(2);
  EXPECT_THAT(done_, ElementsAre(1));
  vfs_.heal();
  loop_.run_for(seconds(2));
  EXPECT_THAT(done_, ElementsAre(1, 2));
  EXPECT_THAT(sequences(), ElementsAre(1, 2));
}

TEST_F(DiskFullTest, FlushGivesUpAtItsDeadline) {
  vfs_.fail_writes(SQLITE_IOERR_WRITE);
  queue(1);
  EXPECT_FALSE(store_->flush(milliseconds(1)));
  vfs_.heal();
  EXPECT_TRUE(store_->flush(seconds(5)));
  EXPECT_THAT(sequences(), ElementsAre(1));
}

// Whatever write or sync fails, a batch is there whole or not at all.
TEST_F(DiskFullTest, BatchesAreAtomicAtEveryPointOfFailure) {
  std::size_t committed = 0;
  for (std::int64_t point = 0; point < 16; ++point) {
    const auto sequence = static_cast<std::uint64_t>(point) + 1;
    Batch batch = batch_of({make_event(sequence, true)});
    batch.events[0].payload = std::string(20'000, 'p');  // several pages
    batch.decisions = {{"d" + std::to_string(point), "c1", "o1", "", point}};
    if (point % 2 == 0) {
      vfs_.fail_writes(SQLITE_FULL, point / 2);
    } else {
      vfs_.fail_syncs(SQLITE_IOERR_FSYNC, point / 2);
    }
    store_->commit(std::move(batch), true, {});
    loop_.run_posted();
    const std::size_t events = outbox().size();
    vfs_.heal();
    must_open(vfs_.name());  // the batch that failed is dropped with the queue
    EXPECT_EQ(store_->loaded().decisions.size(), events) << "point " << point;
    EXPECT_EQ(store_->loaded().outbox_rows, events) << "point " << point;
    committed = events;
  }
  EXPECT_GT(committed, 0U);   // late failures miss the batch,
  EXPECT_LT(committed, 12U);  // early ones hit it
}

TEST_F(DiskFullTest, AcknowledgementsAreNotLost) {
  queue(1);
  queue(2);
  vfs_.fail_writes(SQLITE_FULL);
  acknowledge(1);
  loop_.run_for(seconds(16));
  EXPECT_GE(store_->stats().failed_commits, 1U);
  vfs_.heal();
  loop_.run_for(seconds(11));
  EXPECT_THAT(sequences(), ElementsAre(2));
  EXPECT_EQ(status().rows, 1U);
}

// The delete could not be written and waits to be tried again; what the broker has is no loss for that.
TEST_F(DiskFullTest, WhatWasAcknowledgedIsNotListedAsDropped) {
  for (std::uint64_t i = 1; i <= 6; ++i) queue(i);
  vfs_.fail_writes(SQLITE_FULL);
  acknowledge(3);
  loop_.run_for(seconds(16));
  ASSERT_GE(store_->stats().failed_commits, 1U);
  vfs_.heal();
  const auto dropped = ask<std::vector<Dropped>>([&](auto done) { store_->enforce_bounds({4, 1'000'000}, {}, done); });
  ASSERT_TRUE(dropped);
  ASSERT_EQ(dropped->size(), 1U);
  EXPECT_THAT(dropped->at(0).ranges, ElementsAre(testing::Pair(4, 5)));
}

TEST_F(DiskFullTest, BoundsSayTheyFailed) {
  queue(1);
  queue(2);
  vfs_.fail_writes(SQLITE_FULL);
  const auto dropped = ask<std::vector<Dropped>>([&](auto done) { store_->enforce_bounds({1, 1'000'000}, {}, done); });
  EXPECT_FALSE(dropped);
  vfs_.heal();
  EXPECT_EQ(status().rows, 2U);
}

}  // namespace
}  // namespace aisle::store
