#include "agent/store/writer.hpp"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

namespace aisle::store {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxGroupEvents = 1000;     // of one transaction
constexpr std::size_t kMaxGroupBatches = 1000;    // of one transaction
constexpr std::size_t kMaxWaitingEvents = 500;    // more do not wait for the window
constexpr std::uint64_t kMaxAcknowledged = 4000;  // more do not wait for their window ...
constexpr std::uint64_t kAnyNumber = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kFewDeleted = 64;     // at once after a failure, a tenth of it when that fails too ...
constexpr std::uint64_t kManyDeleted = 1024;  // ... and twice as many when it does not, up to this
constexpr milliseconds kAckWindow{10'000};    // ... which is this; then they go with the next commit, ...
constexpr milliseconds kAckPatience{5000};    // ... and without one after so long. Fewer pages are written so.
constexpr milliseconds kMaxWindow{500};       // the loss window that the product states
constexpr milliseconds kFirstBackoff{1000};   // doubling ...
constexpr milliseconds kMaxBackoff{10'000};   // ... up to this
constexpr milliseconds kFlushPace{50};        // between tries of a flush on a failing disk
constexpr seconds kGatePatience{60};          // a worker waiting for a flush on the core
constexpr seconds kClosePatience{5};

bool has_ledger(const Batch& batch) {
  return std::ranges::any_of(batch.events, [](const OutboxEvent& event) { return event.ledger; }) ||
         std::ranges::any_of(batch.drafts, [](const Draft& draft) { return draft.ledger; });
}

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, milliseconds window, Executor& worker, Loop& core)
    : worker_(worker),
      core_(core),
      window_(std::clamp(window, milliseconds(0), kMaxWindow)),
      database_(std::move(database)),
      max_batches_(kMaxGroupBatches),
      max_deleted_(kAnyNumber),
      backoff_(kFirstBackoff) {}

void Writer::commit(Batch batch, bool urgent, Store::CommitDone done) {
  const bool now = urgent || has_ledger(batch) || window_ == milliseconds(0);
  bool many = false;
  {
    const std::scoped_lock lock(mutex_);
    stats_.waiting += batch.events.size();
    many = stats_.waiting >= kMaxWaitingEvents;
    queue_.push_back({std::move(batch), std::move(done)});
  }
  if (now || many) {
    schedule();
  } else {
    schedule_within_window();
  }
}

void Writer::chore(const std::function<void(Chores&)>& add) {
  {
    const std::scoped_lock lock(mutex_);
    add(chores_);
  }
  schedule_within_window();
}

void Writer::acknowledge(const IdRanges& ids) {
  bool many = false;
  {
    const std::scoped_lock lock(mutex_);
    acknowledged_.add(ids);
    many = acknowledged_.count() >= kMaxAcknowledged;
    acknowledgements_due_ = acknowledgements_due_ || many;
  }
  if (many) {
    schedule();
  } else {
    schedule_acknowledgements();
  }
}

void Writer::schedule_acknowledgements() {
  if (std::exchange(acknowledge_timer_, true)) return;
  core_.after(kAckWindow, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->make_acknowledgements_due();
    self->core_.after(kAckPatience, [weak] {
      const auto late = weak.lock();
      if (!late) return;
      late->acknowledge_timer_ = false;
      late->push_acknowledgements();
    });
  });
}

// Those that came since they were last due have a window of their own.
void Writer::push_acknowledgements() {
  bool due = false;
  bool waiting = false;
  {
    const std::scoped_lock lock(mutex_);
    due = acknowledgements_due_;
    waiting = !acknowledged_.empty();
  }
  if (due) {
    schedule();
  } else if (waiting) {
    schedule_acknowledgements();
  }
}

void Writer::make_acknowledgements_due() {
  const std::scoped_lock lock(mutex_);
  acknowledgements_due_ = !acknowledged_.empty();
}

void Writer::schedule_within_window() {
  if (std::exchange(window_timer_, true)) return;
  core_.after(window_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->window_timer_ = false;
    self->schedule();
  });
}

// A failing disk is tried by the retry timer alone.
void Writer::schedule() {
  {
    const std::scoped_lock lock(mutex_);
    if (failing_ || scheduled_) return;
    scheduled_ = true;
  }
  worker_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->with_database(true, [](Database&) {});
  });
}

void Writer::with_database(bool after_queue, const std::function<void(Database&)>& work) {
  const auto pass = gate_.enter(steady_clock::now() + kGatePatience);
  bool failing = false;
  {
    const std::scoped_lock lock(mutex_);
    if (after_queue) scheduled_ = false;
    failing = failing_;
  }
  if (!pass.held() || closed_ || !database_) return;
  if (after_queue && !failing) drain();
  work(*database_);
}

std::vector<const Batch*> Writer::Group::contents() const {
  std::vector<const Batch*> all;
  for (const Queued& queued : batches) all.push_back(&queued.batch);
  return all;
}

// Behind the gate.
void Writer::drain() {
  for (;;) {
    Group group = take_group();
    if (group.batches.empty() && group.chores.empty()) return;
    const auto room = database_->check_room(group.contents());
    if (!(room ? commit(std::move(group)) : make_room(std::move(group), room.error()))) return;
  }
}

bool Writer::commit(Group group) {
  auto results = database_->commit(group.chores, group.contents());
  if (!results) return on_failed(std::move(group), results.error());
  on_committed(std::move(group), std::move(*results));
  return true;
}

bool Writer::make_room(Group group, const Error& why) {
  Group chores;
  chores.chores = std::exchange(group.chores, {});
  {
    const std::scoped_lock lock(mutex_);
    if (chores.chores.empty() && !acknowledged_.empty()) chores.chores.acknowledged = std::exchange(acknowledged_, {});
  }
  put_back(std::move(group));
  if (chores.chores.empty()) return on_failed({}, GroupFailure{why, false, 0});
  return commit(std::move(chores));
}

Writer::Group Writer::take_group() {
  Group group;
  const std::scoped_lock lock(mutex_);
  if (max_deleted_ != kAnyNumber) acknowledgements_due_ = !acknowledged_.empty();
  if (std::exchange(acknowledgements_due_, false)) chores_.acknowledged.add(std::exchange(acknowledged_, {}));
  const bool careful = max_deleted_ != kAnyNumber;
  if (careful && take_little(group)) return group;
  if (!careful || queue_.empty()) group.chores = std::exchange(chores_, {});
  group.chores.waiting = acknowledged_;
  while (!queue_.empty() && group.batches.size() < max_batches_) {
    const std::size_t events = queue_.front().batch.events.size();
    if (!group.batches.empty() && group.events + events > kMaxGroupEvents) break;
    group.events += events;
    group.batches.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

bool Writer::take_little(Group& group) {
  group.chores.acknowledged = chores_.acknowledged.take(max_deleted_);
  if (group.chores.acknowledged.empty()) {
    group.chores.dead_letters = std::exchange(chores_.dead_letters, {});
    group.chores.damaged = std::exchange(chores_.damaged, {});
  }
  return !group.chores.empty();
}

void Writer::put_back(Group group) {
  const std::scoped_lock lock(mutex_);
  chores_.put_back(std::move(group.chores));
  queue_.insert(queue_.begin(), std::make_move_iterator(group.batches.begin()),
                std::make_move_iterator(group.batches.end()));
}

void Writer::on_committed(Group group, std::vector<Committed> results) {
  bool careful = false;
  {
    const std::scoped_lock lock(mutex_);
    if (!group.batches.empty()) ++stats_.commits;
    stats_.events += group.events;
    stats_.waiting -= group.events;
    failing_ = false;
    backoff_ = kFirstBackoff;
    if (!group.batches.empty()) {
      max_batches_ = std::min(max_batches_ * 2, kMaxGroupBatches);
      max_deleted_ = kAnyNumber;
    }
    careful = max_deleted_ != kAnyNumber;
    if (careful) max_deleted_ = std::min(max_deleted_ * 2, kManyDeleted);
  }
  if (careful) database_->reuse_log();
  Outcome outcome;
  for (std::size_t i = 0; i < group.batches.size(); ++i) {
    outcome.emplace_back(std::move(group.batches[i].done), std::move(results[i]));
  }
  report(std::move(outcome));
}

void Writer::be_careful(Group& group) {
  group.chores.compact = false;  // it is asked for again, and moves much
  if (max_deleted_ == kAnyNumber) {
    max_deleted_ = kFewDeleted;
  } else if (!group.chores.acknowledged.empty()) {
    max_deleted_ = std::max<std::uint64_t>(1, max_deleted_ / 10);
  }
}

bool Writer::on_failed(Group group, const GroupFailure& failure) {
  Outcome outcome;
  bool retry = !failure.refused;
  {
    const std::scoped_lock lock(mutex_);
    stats_.last_error = failure.error.message();
    if (!failure.refused) {
      ++stats_.failed_commits;
      retry = !std::exchange(failing_, true);
      max_batches_ = 1;  // where little room is left, little may still fit
      be_careful(group);
    } else if (failure.batch > 0) {
      max_batches_ = failure.batch;  // commit those before it, then meet it alone
    } else {
      ++stats_.refused;
      stats_.waiting -= group.batches.front().batch.events.size();
    }
  }
  if (failure.refused && failure.batch == 0) {
    outcome.emplace_back(std::move(group.batches.front().done), tl::unexpected(failure.error));
    group.batches.erase(group.batches.begin());
  }
  put_back(std::move(group));
  report(std::move(outcome));
  if (failure.refused) return true;
  database_->reuse_log();
  if (retry) retry_later();
  return false;
}

void Writer::retry_later() {
  post_to_core([this] {
    milliseconds delay{};
    {
      const std::scoped_lock lock(mutex_);
      delay = std::exchange(backoff_, std::min(backoff_ * 2, kMaxBackoff));
    }
    core_.after(delay, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      {
        const std::scoped_lock lock(self->mutex_);
        self->failing_ = false;  // one try; failing again sets it again
      }
      self->schedule();
    });
  });
}

void Writer::report(Outcome outcome) {
  if (outcome.empty()) return;
  auto shared = std::make_shared<Outcome>(std::move(outcome));
  post_to_core([this, shared] {
    for (auto& [done, result] : *shared) {
      if (done && !closed_) done(std::move(result));
    }
  });
}

// `task` runs on the core unless closed by then; it may use `this`.
void Writer::post_to_core(Task task) {
  core_.post([weak = weak_from_this(), task = std::move(task)] {
    const auto self = weak.lock();
    if (self && !self->closed_) task();
  });
}

bool Writer::idle() const {
  const std::scoped_lock lock(mutex_);
  return queue_.empty() && chores_.empty() && acknowledged_.empty();
}

bool Writer::flush(milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  for (;;) {
    {
      const auto pass = gate_.enter(until);
      if (!pass.held() || !database_) return false;
      make_acknowledgements_due();
      drain();
      if (idle()) return true;
    }
    const auto now = steady_clock::now();
    if (now >= until) return false;
    std::this_thread::sleep_for(std::min<steady_clock::duration>(kFlushPace, until - now));
  }
}

void Writer::close() {
  closed_ = true;
  const auto pass = gate_.enter(steady_clock::now() + kClosePatience);
  if (pass.held()) database_.reset();
}

IdRanges Writer::answered() const {
  const std::scoped_lock lock(mutex_);
  IdRanges ids = acknowledged_;
  ids.add(chores_.acknowledged);
  for (const auto& letter : chores_.dead_letters) ids.add(letter.id);
  return ids;
}

StoreStats Writer::stats() const {
  const std::scoped_lock lock(mutex_);
  return stats_;
}

}  // namespace aisle::store
