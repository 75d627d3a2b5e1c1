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
  store::StagingState after{page.snapshot.dump(), page.epoch, page.cursor, page.pages, page.base, page.page + 1, {}};
  check(std::move(raw), parse_context(),
        [this, dataset, after = std::move(after), done = std::move(done)](datasets::CheckedChange checked) {
          note_fences(checked.change);
          auto& refusals = refusals_[dataset];
          if (after.next == after.base + 1) refusals = {};
          refusals.add(checked.refused);
          store::StagedPage staged{std::move(checked.change), after};
          staged.after.refused = refusals.text();
          store_->stage(std::move(staged), [this, dataset, done](const Result<bool>& stored) {
            if (!stored)
              log_.error("a page of {} could not be stored: {}", to_string(dataset), stored.error().message());
            done(stored.has_value());
          });
        });
}

// What it replaces stays until those who are gone are found, so nothing is swept meanwhile.
void Agent::take_staged(const sync::DatasetMessage& message, std::function<void(bool)> done) {
  if (stopping_) return;
  if (sweep_asked_) {
    const auto held = std::make_shared<const sync::DatasetMessage>(message);
    core_.after(kSweepPause, [this, held, done = std::move(done)] { take_staged(*held, done); });
    return;
  }
  ++replacing_;
  store::DatasetChange change;
  change.dataset = message.dataset;
  change.from_staging = true;
  change.epoch = message.epoch;
  change.cursor = message.cursor;
  change.confirmed_ms = clock_.now().time_since_epoch().count() / 1000;
  journal_->record_change(std::move(change), {},
                          [this, dataset = message.dataset, epoch = message.epoch, cursor = message.cursor,
                           done = std::move(done)](const Result<store::Committed>& committed) {
                            const bool taken = committed && committed->dataset && committed->dataset->epoch == epoch &&
                                               committed->dataset->cursor == cursor;
                            if (taken) return on_snapshot_in_force(dataset, *committed->dataset, done);
                            --replacing_;
                            log_.error("the snapshot of {} is not whole on the disk; it is asked for again",
                                       to_string(dataset));
                            done(false);
                          });
}

void Agent::on_snapshot_in_force(Dataset dataset, const store::DatasetState& state, std::function<void(bool)> done) {
  note_dataset(dataset, state);
  if (dataset == Dataset::leases) leases_lost_ = false;
  const auto finish = [this, dataset, state, done = std::move(done)] {
    --replacing_;
    confirmed_.insert(dataset);
    const auto refusals = std::exchange(refusals_[dataset], {});
    announce_applied(dataset, state, refusals.named, refusals.count);
    done(true);
    maybe_release();
    sweep();
  };
  if (!is_used(dataset)) return finish();
  withdraw(dataset, {}, [this, dataset, finish] { bring_in(dataset, {}, finish); });
}

// Those who are gone first: what was withdrawn must not serve while the rest is read.
void Agent::withdraw(Dataset dataset, const store::RowPlace& after, const Task& done) {
  if (stopping_) return;
  store_->read_gone_after(dataset, after, kGonePerTurn, [this, dataset, after, done](const Result<store::Gone>& gone) {
    if (!gone) {
      return load_again(to_string(dataset), gone.error(),
                        [this, dataset, after, done] { withdraw(dataset, after, done); });
    }
    datasets::withdraw(dataset, *gone, *pipeline_, core_now());
    commit_output(std::nullopt);
    if (!gone->last) return done();
    withdraw(dataset, *gone->last, done);
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
                              bring_in(Dataset::keys, {{{}, rows->back().day, rows->back().ordinal}, 0}, done);
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
  if (!std::exchange(sweeping_, true)) sweep_some();
}

void Agent::sweep_some() {
  if (replacing_ > 0) {
    core_.after(kSweepPause, [this] { sweep_some(); });
    return;
  }
  sweep_asked_ = true;
  store_->sweep([this](const Result<bool>& more) {
    sweep_asked_ = false;
    sweeping_ = !stopping_ && more && *more;
    if (sweeping_) core_.after(kSweepPause, [this] { sweep_some(); });
  });
}

}  // namespace aisle::app
