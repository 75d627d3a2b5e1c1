// The store between two real threads, as in the daemon.
#include <future>

#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

constexpr seconds kDeadline{30};

class ThreadsTest : public testing::Test {
 protected:
  // Runs `task` on the core and waits for it.
  void on_core(Task task) {
    std::promise<void> done;
    core_.loop().post([&] {
      task();
      done.set_value();
    });
    ASSERT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
  }
  void open() {
    StoreOptions options;
    options.path = dir_.file("aisle.db");
    options.presence_window = milliseconds(5);
    options.master_key = fakes::key_of_this_run();
    auto opened = Store::open(options, worker_.loop(), core_.loop());
    ASSERT_TRUE(opened);
    store_ = std::move(*opened);
  }
  fakes::TempDir dir_;
  SystemClock clock_;
  LoopThread worker_{clock_, "store"};
  LoopThread core_{clock_, "core"};
  std::unique_ptr<Store> store_;
};

TEST_F(ThreadsTest, DoneComesOnTheCoreInOrder) {
  open();
  constexpr std::uint64_t kEvents = 2000;
  std::vector<std::int64_t> ids;
  std::promise<void> all;
  on_core([&] {
    for (std::uint64_t i = 1; i <= kEvents; ++i) {
      store_->commit(batch_of({make_event(i)}), i % 10 == 0, [&](Result<Committed> committed) {
        ids.push_back(committed ? committed->first_id : -1);
        if (ids.size() == kEvents) all.set_value();
      });
    }
  });
  ASSERT_EQ(all.get_future().wait_for(kDeadline), std::future_status::ready);
  on_core([&] {
    for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids[i], static_cast<std::int64_t>(i) + 1);
    EXPECT_LT(store_->stats().commits, kEvents / 2);
    store_.reset();
  });
}

TEST_F(ThreadsTest, FlushFromTheCoreWhileTheWorkerCommits) {
  open();
  on_core([&] {
    for (std::uint64_t i = 1; i <= 3000; ++i) store_->commit(batch_of({make_event(i)}), true, {});
    EXPECT_TRUE(store_->flush(kDeadline));
    EXPECT_EQ(store_->stats().events, 3000U);
    EXPECT_EQ(store_->stats().waiting, 0U);
    store_.reset();
  });
}

TEST_F(ThreadsTest, ClosingWhileTheWorkerIsBusyIsSafe) {
  for (int round = 0; round < 5; ++round) {
    open();
    std::uint64_t first = 1;
    on_core([&] {
      if (store_->loaded().previous_epoch) first += store_->loaded().previous_epoch->last_sequence;
      for (std::uint64_t i = 0; i < 500; ++i) store_->commit(batch_of({make_event(first + i)}), true, {});
      store_.reset();
    });
  }
  open();
  EXPECT_EQ(store_->loaded().outbox_last_id, static_cast<std::int64_t>(store_->loaded().outbox_rows));
  on_core([&] { store_.reset(); });
}

}  // namespace
}  // namespace aisle::store
