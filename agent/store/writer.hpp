// The queue between the core and the database: group commit, retry and the hand-over between threads.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "agent/store/database.hpp"
#include "agent/store/gate.hpp"
#include "agent/store/store.hpp"

namespace aisle::store {

// Calls on the core only queue; the worker, or `flush`, drains. Held by shared_ptr: tasks on either executor keep weak
// references, so nothing runs after `close`.
class Writer : public std::enable_shared_from_this<Writer> {
 public:
  Writer(std::unique_ptr<Database> database, milliseconds window, Executor& worker, Loop& core);

  // On the core.
  void commit(Batch batch, bool urgent, Store::CommitDone done);
  void chore(const std::function<void(Chores&)>& add);
  // A chore that may wait longer: until there are many, for some seconds, or until somebody asks.
  void acknowledge(const IdRanges& ids);
  bool flush(milliseconds deadline);
  // No `done` runs afterwards; the database is closed, unless the worker is stuck in it for more than 5 s.
  void close();
  [[nodiscard]] StoreStats stats() const;
  // Rows that are there only because what the broker said of them is not carried out yet. Thread-safe.
  [[nodiscard]] IdRanges answered() const;

  // On the core: runs `work` on the worker, after what was queued before it (unless the disk is failing), and `done`
  // with its result on the core.
  template <class T>
  void ask(std::function<Result<T>(Database&)> work, std::function<void(Result<T>)> done) {
    make_acknowledgements_due();
    answer<T>(true, std::move(work), std::move(done));
  }
  // The same, but what is queued goes on waiting.
  template <class T>
  void peek(std::function<Result<T>(Database&)> work, std::function<void(Result<T>)> done) {
    answer<T>(false, std::move(work), std::move(done));
  }

 private:
  struct Queued {
    Batch batch;
    Store::CommitDone done;
  };
  struct Group {
    std::vector<Queued> batches;
    Chores chores;
    std::size_t events = 0;
    [[nodiscard]] std::vector<const Batch*> contents() const;
  };
  using Outcome = std::vector<std::pair<Store::CommitDone, Result<Committed>>>;

  template <class T>
  void answer(bool after_queue, std::function<Result<T>(Database&)> work, std::function<void(Result<T>)> done) {
    worker_.post([weak = weak_from_this(), after_queue, work = std::move(work), done = std::move(done)] {
      const auto self = weak.lock();
      if (!self) return;
      self->with_database(after_queue, [&](Database& database) {
        auto found = std::make_shared<Result<T>>(work(database));
        self->post_to_core([found, done] { done(std::move(*found)); });
      });
    });
  }
  void make_acknowledgements_due();
  void schedule_acknowledgements();
  void push_acknowledgements();
  void schedule();
  void schedule_within_window();
  void drain();
  Group take_group();
  // After a failure: the first of what is to be deleted, or else what became dead letters; false when there is neither.
  // The other chores, which may be large, wait for a batch that was committed: they must not keep it back.
  bool take_little(Group& group);
  // No room for the batches: the chores alone, which make some. True: go on with what is queued.
  bool make_room(Group group, const Error& why);
  bool commit(Group group);
  // Under the mutex, after a failure: what is tried next is smaller.
  void be_careful(Group& group);
  void put_back(Group group);
  void on_committed(Group group, std::vector<Committed> results);
  // True: go on with what is queued.
  bool on_failed(Group group, const GroupFailure& failure);
  void retry_later();
  void report(Outcome outcome);
  void post_to_core(Task task);
  void with_database(bool after_queue, const std::function<void(Database&)>& work);
  [[nodiscard]] bool idle() const;

  Executor& worker_;
  Loop& core_;
  const milliseconds window_;
  Gate gate_;
  std::unique_ptr<Database> database_;  // behind gate_
  std::atomic<bool> closed_ = false;
  bool window_timer_ = false, acknowledge_timer_ = false;  // core only

  mutable std::mutex mutex_;  // guards what follows; never held during I/O or callbacks
  std::deque<Queued> queue_;
  Chores chores_;
  IdRanges acknowledged_;  // become a chore when due
  bool acknowledgements_due_ = false;
  StoreStats stats_;
  std::size_t max_batches_;
  std::uint64_t max_deleted_;  // rows, of one transaction
  milliseconds backoff_;
  bool failing_ = false;
  bool scheduled_ = false;
};

}  // namespace aisle::store
