// What the simulation has found in the store, each by itself.
#include "agent/store/store.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/sealed.hpp"
#include "tests/sim/disk_vfs.hpp"

namespace aisle::sim {
namespace {

// Plain and sealed.
class StoreOnDisk : public testing::TestWithParam<bool> {
 protected:
  // One life of a process that has the store open.
  struct Life {
    explicit Life(ManualClock& clock) : loop(clock) {}
    VirtualLoop loop;
    std::unique_ptr<store::Store> store;
    std::string error;
  };

  std::unique_ptr<Life> open() {
    auto life = std::make_unique<Life>(clock_);
    store::StoreOptions options;
    options.path = "/state/aisle.db";
    options.vfs = vfs_.name();
    if (GetParam()) options.master_key = fakes::master_key();
    if (tells_room_) options.free_bytes = [this] { return disk_.room(); };
    auto store = store::Store::open(options, life->loop, life->loop);
    if (store) {
      life->store = std::move(*store);
    } else {
      life->error = store.error().message();
    }
    return life;
  }
  static void commit(Life& life, const std::string& epoch, std::uint64_t sequence) {
    store::OutboxEvent event;
    event.epoch = epoch;
    event.sequence = sequence;
    event.type = "offer.decided";
    event.payload = std::string(3000, 'p');
    event.ledger = true;
    store::Batch batch;
    batch.events = {event};
    life.store->commit(std::move(batch), true, nullptr);
    life.loop.run_posted();
  }
  void crash(std::unique_ptr<Life> life) {
    disk_.kill();
    life.reset();
    disk_.revive();
  }
  void cut_power(std::unique_ptr<Life> life) {
    disk_.kill();
    life.reset();
    disk_.cut_power();
    disk_.revive();
  }

  static std::uint64_t rows(Life& life) {
    std::uint64_t count = 0;
    life.store->outbox_status([&](const Result<store::OutboxStatus>& status) { count = status.value().rows; });
    life.loop.run_posted();
    return count;
  }
  static void acknowledge_all(Life& life) {
    life.store->outbox_status([&](const Result<store::OutboxStatus>& status) {
      IdRanges ids;
      ids.add(IdRange{1, status.value().newest_id});
      life.store->acknowledge(ids);
    });
    life.loop.run_posted();
  }

  bool tells_room_ = false;
  ManualClock clock_;
  SeededRandom random_{1};
  Trace trace_{clock_, false};
  Disk disk_{random_, trace_, {}};
  DiskVfs vfs_{"store-on-disk", disk_, 1};
};

// At every read of the opening, and for up to three in a row.
TEST_P(StoreOnDisk, AReadErrorAtTheStartIsNoCorruption) {
  auto life = open();
  for (std::uint64_t i = 1; i <= 40; ++i) commit(*life, "e1", i);
  life.reset();  // closed, so that everything is in the database itself
  std::uint64_t failures = 0;
  for (std::uint64_t after = 0; after < 60; ++after) {
    disk_.fail(DiskCall::read, after, 1 + after % 3);
    life = open();
    if (life->store) {
      ASSERT_FALSE(life->store->loaded().quarantined) << "after " << after << " reads";
      EXPECT_EQ(life->store->loaded().outbox_rows, 40U);
    } else {
      ++failures;
    }
    life.reset();
    disk_.heal();
  }
  EXPECT_GT(disk_.failures(), 20U);
  EXPECT_GT(failures, 0U);
}

// The log is whole in memory and torn on the disk; what is committed after it must not be lost behind the tear.
TEST_P(StoreOnDisk, CommitsAfterAFailedSyncAndACrashSurviveAPowerCut) {
  for (std::uint64_t round = 1; round <= 40; ++round) {
    const std::string before = "before" + std::to_string(round);
    const std::string after = "after" + std::to_string(round);
    auto life = open();
    ASSERT_TRUE(life->store) << life->error;
    commit(*life, before, 1);
    disk_.fail(DiskCall::sync, 0, 10);
    commit(*life, before, 2);
    crash(std::move(life));
    disk_.heal();
    life = open();
    ASSERT_TRUE(life->store) << life->error;
    commit(*life, after, 1);
    cut_power(std::move(life));
    life = open();
    ASSERT_TRUE(life->store) << life->error;
    ASSERT_FALSE(life->store->loaded().quarantined);
    ASSERT_FALSE(life->store->loaded().database_lost);
    ASSERT_TRUE(life->store->loaded().previous_epoch);
    ASSERT_EQ(life->store->loaded().previous_epoch->epoch, after) << "round " << round;
  }
}

// What the mark beside the database is for, and that it raises no false alarm: a power cut loses and tears it as well.
TEST_P(StoreOnDisk, ADamagedLogIsNoticedAndAPowerCutIsNoDamage) {
  for (std::uint64_t round = 1; round <= 60; ++round) {
    auto life = open();
    ASSERT_TRUE(life->store) << life->error;
    const std::string epoch = "e" + std::to_string(round);
    for (std::uint64_t i = 1; i <= 12; ++i) commit(*life, epoch, i);
    acknowledge_all(*life);
    if (round % 2 == 0) {
      ASSERT_TRUE(life->store->flush(seconds(1)));
    }
    for (std::uint64_t i = 13; i <= 24; ++i) commit(*life, epoch, i);
    const bool damaged = round % 3 == 0;
    if (damaged) {
      crash(std::move(life));
      disk_.flip("/state/aisle.db-wal", 0.25);
    } else {
      cut_power(std::move(life));
    }
    life = open();
    ASSERT_TRUE(life->store) << life->error;
    const auto& loaded = life->store->loaded();
    ASSERT_EQ(loaded.database_lost, damaged) << "round " << round;
    ASSERT_EQ(loaded.unreported_drops.size(), round / 3);
    ASSERT_EQ(loaded.previous_epoch->epoch, epoch);
    ASSERT_EQ(loaded.previous_epoch->last_sequence, 24U);
    if (damaged) {
      ASSERT_EQ(loaded.unreported_drops.back().ranges.back().second, 24U);
    }
  }
}

// Nobody else takes room, so what the broker takes makes all of it again.
TEST_P(StoreOnDisk, ADiskThatTheDatabaseItselfHasFilledIsFreeAgainWhenTheRowsAreDelivered) {
  constexpr std::size_t kSize = std::size_t{3} << 20U;
  tells_room_ = true;
  disk_.set_capacity(kSize);
  for (std::uint64_t round = 1; round <= 4; ++round) {
    auto life = open();
    ASSERT_TRUE(life->store) << life->error;
    const std::string epoch = "e" + std::to_string(round);
    for (std::uint64_t i = 1; i <= 1500; ++i) commit(*life, epoch, i);
    EXPECT_GT(life->store->stats().failed_commits, 0U);
    const auto waiting = life->store->stats().waiting;
    EXPECT_GT(waiting, 500U);
    EXPECT_LT(waiting, 1300U);
    if (round == 2) {  // what waits is lost with the process, and the disk is still full
      crash(std::move(life));
      life = open();
      ASSERT_TRUE(life->store) << life->error;
    }
    const auto left = [&] { return life->store->stats().waiting + rows(*life); };
    for (auto before = left(); before > 0; before = left()) {
      acknowledge_all(*life);
      life->loop.run_for(seconds(30));
      ASSERT_LT(left(), before) << "round " << round;
    }
    EXPECT_LE(disk_.used(), kSize);
    ASSERT_EQ(life->store->loaded().quarantined, std::nullopt);
    if (round == 3) crash(std::move(life));
  }
}

TEST_P(StoreOnDisk, OpensOnAFullDisk) {
  auto life = open();
  commit(*life, "e1", 1);
  crash(std::move(life));
  disk_.set_capacity(disk_.used());
  for (int i = 0; i < 3; ++i) {
    life = open();
    ASSERT_TRUE(life->store) << life->error;
    EXPECT_EQ(life->store->loaded().outbox_rows, 1U);
    crash(std::move(life));
  }
  disk_.heal();
  life = open();
  commit(*life, "e2", 1);
  EXPECT_EQ(life->store->stats().events, 1U);
}

INSTANTIATE_TEST_SUITE_P(AtRest, StoreOnDisk, testing::Bool());

}  // namespace
}  // namespace aisle::sim
