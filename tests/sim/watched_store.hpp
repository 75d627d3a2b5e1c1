// The real store, watched by the ledger; and the place of the faults that are planted in it.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "agent/store/store.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/ledger.hpp"

namespace aisle::sim {

struct StorePlants {
  bool acknowledge_beyond = false;  // one row more than was acknowledged
  bool split_decisions = false;     // decisions and their events are committed apart
  bool alter_rows = false;          // what is read is not what was written
  bool drop_held = false;           // the bounds take what is in the broker's hands
};

class WatchedStore final : public store::Store {
 public:
  // `failing_reads`: so many of the next reads fail, of a page that is not in SQLite's cache.
  WatchedStore(std::unique_ptr<store::Store> store, Ledger& ledger, const Disk& disk, Loop& core, StorePlants plants,
               std::uint64_t& failing_reads)
      : store_(std::move(store)),
        ledger_(ledger),
        disk_(disk),
        core_(core),
        plants_(plants),
        failing_reads_(failing_reads) {}

  [[nodiscard]] const store::Loaded& loaded() const override { return store_->loaded(); }
  void commit(store::Batch batch, bool urgent, CommitDone done) override;
  void acknowledge(const IdRanges& ids) override {
    IdRanges told = ids;
    if (plants_.acknowledge_beyond && !ids.empty()) told.add(ids.ranges().rbegin()->second + 1);
    store_->acknowledge(told);
  }
  // Real time plays no part here: one try.
  bool flush(milliseconds /*deadline*/) override { return store_->flush(milliseconds{0}); }

  void read_outbox(std::int64_t after, std::size_t limit, std::size_t max_bytes,
                   std::function<void(Result<std::vector<store::OutboxRow>>)> done) override {
    if (read_fails(done)) return;
    store_->read_outbox(after, limit, max_bytes, plants_.alter_rows ? altering(std::move(done)) : std::move(done));
  }
  void dead_letter(std::int64_t id, int reason_code, std::string why) override {
    store_->dead_letter(id, reason_code, std::move(why));
  }
  void set_aside(std::int64_t id) override { store_->set_aside(id); }
  void enforce_bounds(const store::OutboxBounds& bounds, const IdRanges& keep,
                      std::function<void(Result<std::vector<Dropped>>)> done) override {
    auto watched = [this, done = std::move(done)](Result<std::vector<Dropped>> dropped) {
      if (disk_.dead()) return;
      for (std::size_t i = 0; dropped && i < dropped->size(); ++i) ledger_.dropped((*dropped)[i]);
      done(std::move(dropped));
    };
    store_->enforce_bounds(bounds, plants_.drop_held ? IdRanges() : keep, std::move(watched));
  }
  void compact() override { store_->compact(); }
  void read_records(Dataset dataset, std::function<void(Result<std::vector<store::RecordRow>>)> done) override {
    if (read_fails(done)) return;
    store_->read_records(dataset, std::move(done));
  }
  void read_keys(std::function<void(Result<std::vector<store::KeyRow>>)> done) override {
    if (read_fails(done)) return;
    store_->read_keys(std::move(done));
  }
  void read_records_after(Dataset dataset, std::string after, std::size_t limit,
                          std::function<void(Result<std::vector<store::RecordRow>>)> done) override {
    if (read_fails(done)) return;
    store_->read_records_after(dataset, std::move(after), limit, std::move(done));
  }
  void read_keys_after(std::int32_t day, std::int64_t ordinal, std::size_t limit,
                       std::function<void(Result<std::vector<store::KeyRow>>)> done) override {
    if (read_fails(done)) return;
    store_->read_keys_after(day, ordinal, limit, std::move(done));
  }
  void stage(store::StagedPage page, std::function<void(Result<bool>)> done) override {
    store_->stage(std::move(page), std::move(done));
  }
  void read_gone_after(Dataset dataset, store::RowPlace after, std::size_t limit,
                       std::function<void(Result<store::Gone>)> done) override {
    if (read_fails(done)) return;
    store_->read_gone_after(dataset, std::move(after), limit, std::move(done));
  }
  void sweep(std::function<void(Result<bool>)> done) override { store_->sweep(std::move(done)); }
  void drop_keys_before(std::int32_t day, std::function<void(Result<bool>)> done) override {
    store_->drop_keys_before(day, std::move(done));
  }
  void prune(std::int64_t decisions_before_us, std::int32_t visits_before_day) override {
    store_->prune(decisions_before_us, visits_before_day);
  }
  void read_command(const std::string& id, std::function<void(Result<std::optional<std::string>>)> done) override {
    store_->read_command(id, std::move(done));
  }
  void forget_commands_before(std::int64_t at_ms) override { store_->forget_commands_before(at_ms); }
  void outbox_status(std::function<void(Result<store::OutboxStatus>)> done) override {
    store_->outbox_status(std::move(done));
  }
  void check_outbox(std::function<void(Result<store::OutboxCheck>)> done) override {
    store_->check_outbox(std::move(done));
  }
  void read_dead_letters(std::int64_t after, std::size_t limit,
                         std::function<void(Result<std::vector<store::DeadLetter>>)> done) override {
    store_->read_dead_letters(after, limit, std::move(done));
  }
  void retry_dead_letters(const store::DeadLetterChoice& choice,
                          std::function<void(Result<std::uint64_t>)> done) override {
    store_->retry_dead_letters(choice, std::move(done));
  }
  [[nodiscard]] store::StoreStats stats() const override { return store_->stats(); }

 private:
  template <class T>
  bool read_fails(const std::function<void(Result<T>)>& done) {
    if (failing_reads_ == 0) return false;
    --failing_reads_;
    core_.post([done] { done(fail("simulated")); });
    return true;
  }
  // As if the disk had altered the last row, and nobody noticed.
  static std::function<void(Result<std::vector<store::OutboxRow>>)> altering(
      std::function<void(Result<std::vector<store::OutboxRow>>)> done) {
    return [done = std::move(done)](Result<std::vector<store::OutboxRow>> rows) {
      if (rows && !rows->empty()) Disk::alter(rows->back().event.payload, 0);
      done(std::move(rows));
    };
  }
  void note_made(const store::Batch& batch);
  void commit_split(store::Batch batch, bool urgent, CommitDone done);

  std::unique_ptr<store::Store> store_;
  Ledger& ledger_;
  const Disk& disk_;
  Loop& core_;
  StorePlants plants_;
  std::uint64_t& failing_reads_;
};

}  // namespace aisle::sim
