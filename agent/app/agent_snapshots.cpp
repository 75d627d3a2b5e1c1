// Snapshots: page by page to the disk, in force with one transaction, then taken over page by page into what is
// running. No step holds the core for more than some milliseconds.
#include <algorithm>
#include <memory>
#include <utility>

#include "agent/app/agent.hpp"

namespace aisle::app {
namespace {

constexpr std::size_t kRecordsPerTurn = 200;
constexpr std::size_t kKeysPerTurn = 500;
constexpr std::size_t kGonePerTurn = 500;
constexpr milliseconds kSweepPause{50};

// What the pipeline uses.
bool is_used(Dataset dataset) {
  return dataset != Dataset::inventory && dataset != Dataset::orders;
}

}  // namespace

void Agent::stage(sync::StagePage page, std::function<void(bool)> done) {
  const Dataset dataset = page.dataset;
  datasets::RawChange raw;
  raw.dataset = dataset;
  raw.upserts = std::move(page.upserts);
  auto checked = datasets::check(raw, parse_context());
  note_fences(checked.change);
  auto& refusals = refusals_[dataset];
  if (page.page == page.base) refusals = {};
  refusals.add(checked.refused);
  store::StagedPage staged;
  staged.change = std::move(checked.change);
  staged.after = {page.snapshot.dump(), page.epoch, page.cursor, page.pages, page.base, page.page + 1, refusals.text()};
  store_->stage(std::move(staged), [this, dataset, done = std::move(done)](const Result<bool>& stored) {
    if (!stored) log_.error("a page of {} could not be stored: {}", to_string(dataset), stored.error().message());
    done(stored.has_value());
  });
}

void Agent::take_staged(const sync::DatasetMessage& message, std::function<void(bool)> done) {
  store_->read_gone(message.dataset, [this, dataset = message.dataset, epoch = message.epoch, cursor = message.cursor,
                                      done = std::move(done)](Result<store::Gone> gone) {
    if (!gone) {
      log_.error("the snapshot of {} cannot be read: {}", to_string(dataset), gone.error().message());
      return done(false);
    }
    store::DatasetChange change;
    change.dataset = dataset;
    change.from_staging = true;
    change.epoch = epoch;
    change.cursor = cursor;
    change.confirmed_ms = clock_.now().time_since_epoch().count() / 1000;
    const auto held = std::make_shared<const store::Gone>(std::move(*gone));
    journal_->record_change(
        std::move(change), {}, [this, dataset, epoch, cursor, held, done](const Result<store::Committed>& committed) {
          const bool taken = committed && committed->dataset && committed->dataset->epoch == epoch &&
                             committed->dataset->cursor == cursor;
          if (!taken) {
            log_.error("the snapshot of {} is not whole on the disk; it is asked for again", to_string(dataset));
            return done(false);
          }
          on_snapshot_in_force(dataset, *committed->dataset, held, done);
        });
  });
}

void Agent::on_snapshot_in_force(Dataset dataset, const store::DatasetState& state,
                                 std::shared_ptr<const store::Gone> gone, std::function<void(bool)> done) {
  note_dataset(dataset, state);
  if (dataset == Dataset::leases) leases_lost_ = false;
  const auto finish = [this, dataset, state, done = std::move(done)] {
    confirmed_.insert(dataset);
    const auto refusals = std::exchange(refusals_[dataset], {});
    announce_applied(dataset, state, refusals.named, refusals.count);
    done(true);
    maybe_release();
    sweep();
  };
  if (!is_used(dataset)) return finish();
  withdraw(dataset, std::move(gone), 0, [this, dataset, finish] { bring_in(dataset, {}, finish); });
}

// Those who are gone first: what was withdrawn must not serve while the rest is read.
void Agent::withdraw(Dataset dataset, std::shared_ptr<const store::Gone> gone, std::size_t from, Task done) {
  if (stopping_) return;
  const std::size_t to = std::min(from + kGonePerTurn, std::max(gone->records.size(), gone->keys.size()));
  datasets::withdraw(dataset, *gone, from, to, *pipeline_, core_now());
  commit_output(std::nullopt);
  if (to == std::max(gone->records.size(), gone->keys.size())) return done();
  core_.post([this, dataset, gone = std::move(gone), to, done = std::move(done)]() mutable {
    withdraw(dataset, std::move(gone), to, std::move(done));
  });
}

// What was read is used before anything that is committed later: a delta or an erasure is not undone.
void Agent::bring_in(Dataset dataset, const Place& after, const Task& done) {
  if (stopping_) return;
  const auto again = [this, dataset, after, done](const Error& error) {
    load_again(to_string(dataset), error, [this, dataset, after, done] { bring_in(dataset, after, done); });
  };
  if (dataset == Dataset::keys) {
    store_->read_keys_after(after.day, after.ordinal, kKeysPerTurn,
                            [this, again, done](Result<std::vector<store::KeyRow>> rows) {
                              if (!rows) return again(rows.error());
                              if (rows->empty()) return done();
                              datasets::load_keys(*rows, *pipeline_);
                              bring_in(Dataset::keys, {{}, rows->back().day, rows->back().ordinal, 0}, done);
                            });
    return;
  }
  store_->read_records_after(dataset, after.id, kRecordsPerTurn,
                             [this, dataset, again, after, done](Result<std::vector<store::RecordRow>> rows) {
                               if (!rows) return again(rows.error());
                               if (rows->empty()) return say_broken(dataset, after.broken, done);
                               Place next = after;
                               next.broken +=
                                   datasets::load_records(dataset, *rows, parse_context(), *pipeline_, core_now());
                               if (session_) commit_output(std::nullopt);
                               next.id = rows->back().id;
                               bring_in(dataset, next, done);
                             });
}

void Agent::say_broken(Dataset dataset, std::size_t broken, const Task& done) {
  if (broken > 0)
    log_.warning("{} of the stored {} are not acceptable under this configuration and are not used", broken,
                 to_string(dataset));
  done();
}

// What the last snapshot replaced goes bit by bit: commits do not wait for it.
void Agent::sweep() {
  if (sweeping_) return;
  sweeping_ = true;
  store_->sweep([this](const Result<bool>& more) {
    sweeping_ = false;
    if (stopping_ || !more || !*more) return;
    core_.after(kSweepPause, [this] { sweep(); });
  });
}

}  // namespace aisle::app
