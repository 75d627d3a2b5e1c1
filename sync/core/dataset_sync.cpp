#include "sync/core/dataset_sync.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace aisle::sync {
namespace {

constexpr Duration kFirstAnswerTimeout = seconds(10);
constexpr Duration kMaxAnswerTimeout = seconds(300);
constexpr Duration kGapSpread = seconds(30);  // so that a store's gateways do not all ask at once
constexpr std::size_t kMaxQueued = 64;        // messages that came while applying, and deltas beyond a gap
constexpr std::size_t kMaxQueuedBytes = std::size_t{8} << 20U;
constexpr std::size_t kParsedAtOnce = std::size_t{16} << 10U;  // below half a millisecond on the loop
constexpr unsigned kMaxPageTimeouts = 3;                       // then the server has forgotten the snapshot
constexpr Duration kConfirmInterval = seconds(60);             // each one is written to disk
constexpr Duration kComplaintInterval = seconds(60);
// Asked again though nothing seems amiss: a delta that was lost on the way with none after it shows in no gap, and
// customers that nobody confirms for long are not resolved.
constexpr Duration kRefreshInterval = std::chrono::hours(1);

}  // namespace

DatasetSync::DatasetSync(Dataset dataset, Loop& loop, Executor* parser, Random& random, DatasetPort& port,
                         const Log& log)
    : dataset_(dataset),
      loop_(loop),
      parser_(parser),
      random_(random),
      port_(port),
      log_(log),
      backoff_(kFirstAnswerTimeout, kMaxAnswerTimeout, Jitter::half) {}

DatasetSync::~DatasetSync() {
  settle();
  if (refresh_timer_ != 0) loop_.cancel(refresh_timer_);
}

void DatasetSync::restore(const std::string& epoch, std::uint64_t cursor) {
  if (applying_ && applying_->epoch == epoch && applying_->cursor == cursor) return;
  if (!applying_ && epoch == epoch_ && cursor == cursor_) return;
  if (applying_) applying_->superseded = true;
  epoch_ = epoch;
  cursor_ = cursor;
  confirmed_ = false;
  completed_ = nullptr;
  gap_to_ = 0;
  snapshot_.reset();
  ahead_.clear();
  ahead_bytes_ = 0;
  settle();
  ask();
}

void DatasetSync::resume(const store::StagingState& staged) {
  auto id = nlohmann::json::parse(staged.snapshot, nullptr, false);
  if (id.is_discarded()) return;
  snapshot_ = Snapshot{std::move(id), staged.epoch, staged.cursor, staged.pages, staged.base, staged.next, 0,
                       ++snapshots_,  false};
}

void DatasetSync::go_online() {
  online_ = true;
  backoff_.reset();
  settle();
  refresh_later();
  ask();
}

void DatasetSync::go_offline() {
  if (refresh_timer_ != 0) loop_.cancel(std::exchange(refresh_timer_, 0));
  online_ = false;
  confirmed_ = false;
  ++connection_;
  settle();
  ahead_.clear();
  ahead_bytes_ = 0;
  queue_.clear();
  queue_bytes_ = 0;
}

void DatasetSync::on_message(std::string_view payload, bool own) {
  // A small one waits for a large one before it.
  if (parser_ != nullptr && (payload.size() > kParsedAtOnce || parsing_ > 0)) return parse_aside(payload, own);
  on_parsed(parse_dataset_message(payload), own, payload.size());
}

void DatasetSync::parse_aside(std::string_view payload, bool own) {
  if (parsing_ >= kMaxQueued || parsing_bytes_ + payload.size() > kMaxQueuedBytes) {
    ++counters_.ignored;
    if (!applying_) return fall_behind(false, false);
    ask_after_apply_ = true;
    return;
  }
  ++parsing_;
  parsing_bytes_ += payload.size();
  parser_->post([this, &loop = loop_, text = std::string(payload), own, connection = connection_,
                 alive = std::weak_ptr<int>(alive_)] {
    const auto wire = std::make_shared<Result<DatasetWire>>(parse_dataset_message(text));
    loop.post([this, wire, own, bytes = text.size(), connection, alive] {
      if (alive.expired()) return;
      --parsing_;
      parsing_bytes_ -= bytes;
      if (connection == connection_) on_parsed(std::move(*wire), own, bytes);
    });
  });
}

void DatasetSync::on_parsed(Result<DatasetWire> wire, bool own, std::size_t bytes) {
  if (!wire) return count_malformed(wire.error().message());
  Received received{std::move(*wire), own, bytes};
  if (applying_) return queue(std::move(received));
  handle(std::move(received));
}

DatasetSyncStatus DatasetSync::status() const {
  DatasetSyncStatus status = counters_;
  status.epoch = epoch_;
  status.cursor = cursor_;
  if (snapshot_) {
    status.state = fmt::format("snapshot {}/{}", snapshot_->next - snapshot_->base, snapshot_->pages);
  } else if (epoch_.empty()) {
    status.state = "never synced";
  } else if (phase_ == Phase::asking) {
    status.state = "asking";
  } else {
    status.state = phase_ == Phase::idle && confirmed_ ? "current" : "waiting";
  }
  return status;
}

void DatasetSync::handle(Received received) {
  if (auto* delta = std::get_if<Delta>(&received.wire)) {
    handle_delta(std::move(*delta), received.own, received.bytes);
  } else {
    handle_page(std::move(std::get<SnapshotPage>(received.wire)), received.own);
  }
}

void DatasetSync::handle_delta(Delta delta, bool own, std::size_t bytes) {
  if (snapshot_) {  // asked for again when the snapshot is in place
    ++counters_.ignored;
    return;
  }
  const bool answered = own && phase_ == Phase::asking;
  if (answered) settle();
  if (delta.epoch != epoch_) {
    ++counters_.gaps;
    confirmed_ = false;
    return fall_behind(answered, false);
  }
  if (delta.from == delta.to && delta.to == cursor_) return confirm(answered);
  if (delta.to <= cursor_) {
    ++counters_.ignored;
    if (answered) ask_later();
    return;
  }
  if (delta.from != cursor_) {
    ++counters_.gaps;
    gap_to_ = std::max(gap_to_, delta.to);
    keep_ahead(std::move(delta), bytes);
    return fall_behind(answered, true);
  }
  DatasetMessage message;
  message.epoch = std::move(delta.epoch);
  message.cursor = delta.to;
  message.deletes = std::move(delta.deletes);
  message.upserts = std::move(delta.upserts);
  // An answer may be the first of several: only an empty delta says that it was the last.
  apply(std::move(message), answered);
}

void DatasetSync::confirm(bool answered) {
  backoff_.reset();
  completed_ = nullptr;
  const SteadyTime now = loop_.clock().steady();
  const bool news = !confirmed_ || now - confirmed_at_ >= kConfirmInterval;
  confirmed_ = true;
  if (news) confirmed_at_ = now;
  if (!answered && phase_ == Phase::waiting && !gap_wait_) settle();
  if (news) port_.confirm_current(dataset_);
}

void DatasetSync::fall_behind(bool answered, bool closable) {
  if (phase_ != Phase::idle) return;  // we ask already, or will
  if (answered) return ask_later();
  if (online_) wait(random_.jitter(kGapSpread), closable);
}

void DatasetSync::keep_ahead(Delta delta, std::size_t bytes) {
  const std::uint64_t from = delta.from;
  if (from <= cursor_ || from == delta.to || ahead_.contains(from)) return;
  if (ahead_.size() >= kMaxQueued || ahead_bytes_ + bytes > kMaxQueuedBytes) return;
  ahead_bytes_ += bytes;
  ahead_.emplace(from, Received{std::move(delta), false, bytes});
}

void DatasetSync::handle_page(SnapshotPage page, bool own) {
  // A page nobody asked for is a late duplicate; the store's topic carries none.
  if (!own || phase_ != Phase::asking || page.snapshot == completed_) {
    ++counters_.ignored;
    return;
  }
  if (!snapshot_ || snapshot_->id != page.snapshot) {
    const bool first = page.page == 0 || (page.page == 1 && (!snapshot_ || snapshot_->base == 1));
    const bool older = snapshot_ && page.epoch == snapshot_->epoch && page.to < snapshot_->to;
    if (!first || older) {
      ++counters_.ignored;
      if (snapshot_) return;  // a stray one: what is staged stays, and the page asked for may still come
      settle();
      return ask_later();
    }
    begin_snapshot(page);
  }
  if (page.epoch != snapshot_->epoch || page.to != snapshot_->to || page.pages != snapshot_->pages) {
    count_malformed("a snapshot's pages contradict each other");
    snapshot_.reset();
    settle();
    return ask_later();
  }
  if (page.page != snapshot_->next) {
    ++counters_.ignored;
    return;
  }
  stage(std::move(page));
}

void DatasetSync::begin_snapshot(const SnapshotPage& page) {
  Snapshot snapshot;
  snapshot.id = page.snapshot;
  snapshot.epoch = page.epoch;
  snapshot.to = page.to;
  snapshot.pages = page.pages;
  snapshot.base = page.page;
  snapshot.next = page.page;
  snapshot.serial = ++snapshots_;
  snapshot_ = std::move(snapshot);
  confirmed_ = false;
}

void DatasetSync::stage(SnapshotPage page) {
  settle();
  backoff_.reset();
  Snapshot& snapshot = *snapshot_;
  snapshot.timeouts = 0;
  snapshot.storing = true;
  StagePage staged{dataset_,      snapshot.id,   snapshot.epoch, snapshot.to,
                   snapshot.base, snapshot.next, snapshot.pages, std::move(page.upserts)};
  port_.stage(std::move(staged), [this, alive = std::weak_ptr<int>(alive_), serial = snapshot.serial](bool ok) {
    if (!alive.expired()) on_staged(ok, serial);
  });
}

void DatasetSync::on_staged(bool ok, std::uint64_t serial) {
  if (!snapshot_ || snapshot_->serial != serial) return;  // given up meanwhile
  snapshot_->storing = false;
  if (!ok) {
    snapshot_.reset();
    return ask_later();
  }
  ++snapshot_->next;
  if (snapshot_->whole()) return complete_snapshot();
  ask();
}

void DatasetSync::complete_snapshot() {
  DatasetMessage message;
  message.replace_all = true;
  message.staged = true;
  message.epoch = std::move(snapshot_->epoch);
  message.cursor = snapshot_->to;
  const nlohmann::json id = std::move(snapshot_->id);
  snapshot_.reset();
  ahead_.clear();
  ahead_bytes_ = 0;
  completed_ = id;
  apply(std::move(message), true);
}

void DatasetSync::apply(DatasetMessage message, bool ask_afterwards) {
  message.dataset = dataset_;
  if (!message.replace_all) completed_ = nullptr;
  applying_ = Pending{message.epoch, message.cursor, message.replace_all, false};
  auto done = [this, alive = std::weak_ptr<int>(alive_), ask_afterwards](bool ok) {
    if (!alive.expired()) on_applied(ok, ask_afterwards);
  };
  port_.apply(std::move(message), std::move(done));
}

void DatasetSync::on_applied(bool ok, bool ask_afterwards) {
  if (!applying_) return;
  const Pending applied = std::move(*applying_);
  applying_.reset();
  if (applied.superseded) {
    ask_after_apply_ = true;
  } else if (ok) {
    epoch_ = applied.epoch;
    cursor_ = applied.cursor;
    backoff_.reset();
    if (applied.replace_all) gap_to_ = cursor_;
    if (phase_ == Phase::waiting && gap_wait_ && cursor_ >= gap_to_) settle();
    ask_after_apply_ = ask_after_apply_ || ask_afterwards;
  } else {
    completed_ = nullptr;
    confirmed_ = false;
    ask_after_apply_ = false;
    settle();
    ask_later();
  }
  catch_up();
}

// Goes on with what waited for the cursor to move.
void DatasetSync::catch_up() {
  while (!applying_) {
    ahead_.erase(ahead_.begin(), ahead_.lower_bound(cursor_));
    if (ahead_.empty()) ahead_bytes_ = 0;
    if (auto next = ahead_.extract(cursor_)) {
      ahead_bytes_ -= std::min(ahead_bytes_, next.mapped().bytes);
      handle(std::move(next.mapped()));
    } else if (!queue_.empty()) {
      Received received = std::move(queue_.front());
      queue_.pop_front();
      queue_bytes_ -= received.bytes;
      handle(std::move(received));
    } else {
      break;
    }
  }
  if (applying_ || !ask_after_apply_) return;
  if (phase_ == Phase::waiting) settle();
  ask();
}

void DatasetSync::queue(Received received) {
  if (queue_.size() >= kMaxQueued || queue_bytes_ + received.bytes > kMaxQueuedBytes) {
    ++counters_.ignored;
    ask_after_apply_ = true;
    return;
  }
  queue_bytes_ += received.bytes;
  queue_.push_back(std::move(received));
}

void DatasetSync::ask() {
  if (!online_ || phase_ == Phase::asking) return;
  if (applying_) {
    ask_after_apply_ = true;
    return;
  }
  ask_after_apply_ = false;
  if (snapshot_ && snapshot_->storing) return;  // asked when it is stored
  if (snapshot_ && snapshot_->whole()) return complete_snapshot();
  phase_ = Phase::asking;
  ++counters_.requests;
  timer_ = loop_.after(backoff_.next(random_), [this] {
    timer_ = 0;
    on_answer_timeout();
  });
  const nlohmann::json none = nullptr;
  port_.send_request(
      dataset_, dataset_request(epoch_, cursor_, snapshot_ ? snapshot_->id : none, snapshot_ ? snapshot_->next : 0));
}

void DatasetSync::ask_later() {
  if (online_) wait(backoff_.next(random_), false);
}

void DatasetSync::wait(Duration delay, bool for_gap) {
  settle();
  phase_ = Phase::waiting;
  gap_wait_ = for_gap;
  timer_ = loop_.after(delay, [this] {
    timer_ = 0;
    phase_ = Phase::idle;
    ask();
  });
}

void DatasetSync::on_answer_timeout() {
  phase_ = Phase::idle;
  if (snapshot_ && ++snapshot_->timeouts >= kMaxPageTimeouts) snapshot_.reset();
  ask();
}

// Spread, so that a chain's gateways do not all ask at once.
void DatasetSync::refresh_later() {
  if (refresh_timer_ != 0) loop_.cancel(refresh_timer_);
  refresh_timer_ = loop_.after(kRefreshInterval / 2 + random_.jitter(kRefreshInterval / 2), [this] {
    refresh_timer_ = 0;
    refresh_later();
    if (phase_ == Phase::idle) ask();
  });
}

void DatasetSync::settle() {
  if (timer_ != 0) loop_.cancel(timer_);
  timer_ = 0;
  phase_ = Phase::idle;
  gap_wait_ = false;
}

void DatasetSync::count_malformed(const std::string& why) {
  ++counters_.malformed;
  const SteadyTime now = loop_.clock().steady();
  if (last_complaint_ && now - *last_complaint_ < kComplaintInterval) return;
  last_complaint_ = now;
  log_.warning("sync of {}: malformed message ({} so far): {}", to_string(dataset_), counters_.malformed, why);
}

}  // namespace aisle::sync
