#include "agent/app/agent.hpp"

#include <array>
#include <utility>

#include "agent/app/clock_trust.hpp"
#include "agent/app/reload.hpp"

namespace aisle::app {
namespace {

constexpr std::size_t kItemsPerTurn = 256;
constexpr std::size_t kPendingEventsLimit = 5000;  // file sources wait while this many events are not yet committed
constexpr std::size_t kStepsPerSlice = 1000;       // half a millisecond of token computation, or 3 ms of consents
constexpr milliseconds kSlicePause{50};
constexpr seconds kPreparedPause{1};  // until it is looked again whether there is something to compute
// Together with the source, which takes a second at most: less than the 5 s in which the daemon ends.
constexpr milliseconds kFlushDeadline{1500}, kGoodbyeDeadline{1500}, kLastFlushDeadline{500};
constexpr milliseconds kDropPause{50};
constexpr seconds kLoadPause{1};
constexpr int kLoadTries = 30;  // then the daemon ends, and whoever started it starts it again
constexpr seconds kDrainPatience{30};

// The datasets that the pipeline uses, in the order in which they must be loaded.
constexpr std::array kUsed = {Dataset::customers, Dataset::offers, Dataset::assets, Dataset::leases};

}  // namespace

Result<std::unique_ptr<Agent>> Agent::create(AgentOptions options, AgentParts parts, Loop& core, const Clock& clock,
                                             Random& random, const Log& log) {
  std::unique_ptr<Agent> agent(new Agent(std::move(options), std::move(parts), core, clock, random, log));
  if (auto opened = agent->open(); !opened) return tl::unexpected(opened.error());
  return agent;
}

Agent::Agent(AgentOptions options, AgentParts parts, Loop& core, const Clock& clock, Random& random, const Log& log)
    : options_(std::move(options)),
      core_(core),
      boot_(parts.boot ? std::move(parts.boot) : std::make_unique<SteadyBootClock>(clock)),
      time_(clock, *boot_, [this](UnixTime now) { return clock_trusted(options_.config.time_trust, now); }),
      clock_(time_),
      random_(random),
      log_(log),
      started_(clock_.now()),
      recording_start_(recording_start(options_.config)),
      started_steady_(clock_.steady()),
      epoch_(random.identifier(16)),
      store_(std::move(parts.store)),
      transport_(std::move(parts.transport)),
      source_(std::move(parts.source)),
      file_source_(parts.file_source),
      on_stopped_(std::move(parts.on_stopped)),
      examine_(std::move(parts.examine)),
      certificate_(options_.config.sync.tls ? options_.config.sync.cert : ""),
      parser_(parts.parser),
      scans_(core, GatewayId(options_.config.store.gateway),
             {[this] { return core_now(); }, [this] { return source_->status(); }}),
      cloud_(options_.cloud),
      config_digest_(config::digest_of(options_.config)),
      updates_(options_.state_dir, options_.config_path, log) {
  if (!parts.box_keys) return;
  box_key_ = to_hex(parts.box_keys->public_key());
  open_box_ = [keys = *parts.box_keys](ByteSpan box) { return keys.open(box); };
}

Agent::~Agent() {
  stop_source();
  desk_.reset();
  session_.reset();
  transport_.reset();
}

Status Agent::open() {
  auto composed = pipeline_options(options_.config, &clock_);
  composed.resolver.in_slices = !file_source();
  auto pipeline = pipeline::Pipeline::create(std::move(composed));
  if (!pipeline) return tl::unexpected(pipeline.error());
  pipeline_ = std::move(*pipeline);

  const auto key = pinned_key(options_.config.commands);
  if (!key) return tl::unexpected(key.error());
  // Not make_unique: the port is a private base.
  desk_.reset(new sync::CommandDesk(
      {options_.config.sync.prefix, options_.config.store.id, options_.config.store.gateway}, clock_, *this));
  desk_->set_key(*key);

  queue_ = std::make_unique<ItemQueue>(options_.config.ble.queue, [this] { core_.post([this] { drain_queue(); }); });
  const auto& loaded = store_->loaded();
  if (loaded.quarantined) {
    log_.error("the database was corrupt; it was moved to {} and a new one begun; its unsent events are in there",
               *loaded.quarantined);
  } else if (loaded.database_lost) {
    log_.error(
        "the database has less than was committed to it: it or its log was damaged, removed or replaced by an older "
        "one; what is missing is listed as lost, and leases are refused until their fence rises");
  }
  if (loaded.sealed_now) log_.info("the database was plain; it now rests encrypted, and the plain one was overwritten");
  dataset_states_ = loaded.datasets;
  lease_fences_ = loaded.lease_fences;
  leases_lost_ = loaded.leases_lost;
  for (const auto& [dataset, staged] : loaded.staging) refusals_[dataset] = datasets::Refusals::from(staged.refused);
  time_.at_least(UnixTime{milliseconds{loaded.newest_ms}});
  started_ = clock_.now();
  journal_ = std::make_unique<Journal>(
      Journal::Identity{options_.config.store.id, options_.config.store.gateway, epoch_}, clock_, *store_);
  return {};
}

void Agent::stop_source() {
  if (queue_) queue_->close();
  if (source_) source_->stop();
}

void Agent::start() {
  load_datasets();
}

void Agent::load_datasets() {
  bring_in(Dataset::keys, {}, [this] { load_next(0); });
}

void Agent::load_next(std::size_t index) {
  if (index == kUsed.size()) return begin();
  bring_in(kUsed.at(index), {}, [this, index] { load_next(index + 1); });
}

// Without them nobody would be recognized, and the decisions that caps count would be forgotten as of no use.
void Agent::load_again(std::string_view what, const Error& error, Task load) {
  if (stopping_) return;
  log_.error("{} could not be read: {}", what, error.message());
  if (++failed_loads_ == kLoadTries) {
    failed_ = true;
    return stop();
  }
  core_.after(kLoadPause, std::move(load));
}

void Agent::begin() {
  if (stopping_) return;
  const auto& config = options_.config;
  const auto& loaded = store_->loaded();
  std::vector<offers::PastDecision> decisions;
  for (const auto& row : loaded.decisions)
    decisions.push_back({row.customer, row.offer, row.group, UnixTime{Duration{row.at_us}}});
  std::vector<pipeline::VisitNumbered> visits;
  for (const auto& row : loaded.visits) visits.push_back({row.customer, row.day, row.last});
  pipeline_->restore(decisions, visits);
  datasets::load_spends(loaded.lease_spends, *pipeline_);

  sync::SessionOptions session;
  session.prefix = config.sync.prefix;
  session.store = config.store.id;
  session.gateway = config.store.gateway;
  session.version = AISLE_VERSION;
  session.epoch = epoch_;
  session.box_key = box_key_;
  session.config = config_json();
  session.started = started_;
  session.window = config.sync.window;
  session.parser = parser_;
  session.retry_spread = config.sync.retry_spread;
  session.retry_max = config.sync.retry_max;
  session.datasets = {Dataset::offers, Dataset::assets, Dataset::leases, Dataset::inventory};
  if (may_take_personal_data(config.sync)) {
    session.datasets.insert(session.datasets.end(), {Dataset::customers, Dataset::keys, Dataset::orders});
  } else {
    log_.warning("{} is not loopback and [sync] tls is off: customers, keys and orders are not taken",
                 config.sync.host);
  }
  // Not make_unique: the host interface is a private base.
  session_.reset(new sync::Session(session, core_, random_, *transport_, *store_, *this, log_));
  journal_->on_committed([this](const auto& events, std::int64_t first_id) {
    session_->on_committed(events, first_id);
    tell_tails(events);
  });
  begin_time();
  announce_epoch();
  report_drops(loaded.unreported_drops);
  start_session();
  settle_config();
  settle_update();
  start_source();
  tick();
  prepare_tokens();
  keep_house();
  sweep();
}

void Agent::announce_epoch() {
  Event event = epoch_started(store_->loaded(), started_);
  event.time_estimated = !time_.known();
  journal_->record(event);
}

void Agent::start_source() {
  refresh_trust();
  if (const auto started = source_->start(*queue_); !started) {
    log_.error("{}", started.error().message());
    failed_ = true;
    return stop();
  }
  log_.info("epoch {} of {}/{}; source {}", epoch_, options_.config.store.id, options_.config.store.gateway,
            source_->status().source);
  if (!file_source()) return;
  maybe_release();
  core_.after(options_.config.ble.wait_for_datasets, [this] {
    if (!released_ && !stopping_) log_.warning("starting without datasets from the cloud");
    released_ = true;
    file_source_->release();
  });
}

Stamp Agent::core_now() const {
  return file_source() ? pipeline_->now() : clock_.stamp();
}

void Agent::schedule_drain() {
  if (drain_posted_) return;
  drain_posted_ = true;
  core_.post([this] {
    drain_posted_ = false;
    drain_queue();
  });
}

void Agent::drain_queue() {
  if (stopping_) return;
  if (file_source() && journal_->pending() > kPendingEventsLimit) {
    core_.after(milliseconds{5}, [this] { drain_queue(); });
    return;
  }
  const bool more = queue_->take(items_, kItemsPerTurn);
  for (auto& item : items_) {
    restamp(item);
    scans_.hear(item);
    pipeline_->on_item(item);
    const auto* advert = std::get_if<Advert>(&item);
    commit_output(advert != nullptr ? std::optional(advert->arrived) : std::nullopt);
    if (const auto* state = std::get_if<ReceiverState>(&item); state != nullptr && !file_source()) {
      log_.info("radio {}{}{}{}{}", state->receiver.view(), state->receiver.empty() ? "" : " ",
                state->up ? "up" : "down", state->why.empty() ? "" : ": ", state->why);
    }
    if (const auto* end = std::get_if<SourceEnd>(&item)) on_source_end(*end);
  }
  if (more) schedule_drain();
  schedule_deadline();
  catch_up();
}

void Agent::commit_output(std::optional<SteadyTime> arrived) {
  journal_->record(pipeline_->take_output(), arrived);
}

void Agent::on_source_end(const SourceEnd& end) {
  source_ended_ = true;
  scans_.end();
  if (!end.error.empty()) log_.warning("the recording was read up to a fault: {}", end.error);
  const auto& stats = pipeline_->adverts();
  log_.info("the {} has ended: {} adverts, {} resolved", source_->status().source, stats.adverts, stats.resolved);
  if (options_.exit_when_done) {
    finish_when_drained();
    core_.after(kDrainPatience, [this] {
      if (!stopping_) log_.warning("the broker did not take everything in time; what is unsent stays in the outbox");
      stop();
    });
  }
}

void Agent::finish_when_drained() {
  if (stopping_) return;
  if (journal_->pending() == 0 && session_->drained()) return stop();
  core_.after(milliseconds{20}, [this] { finish_when_drained(); });
}

void Agent::refresh_trust() {
  clock_trusted_ = file_source() || time_.known();
  pipeline_->set_clock_trusted(clock_trusted_);
  const auto& state = dataset_states_[Dataset::customers];
  const UnixTime confirmed{milliseconds{state.confirmed_ms}};
  const bool usable = state.confirmed_ms == 0 || consent_age(confirmed) <= options_.config.privacy.consent_max_age;
  if (usable == customers_usable_) return;
  customers_usable_ = usable;
  if (!usable)
    log_.warning("customers were last confirmed current at {}: nobody is resolved until the cloud confirms them",
                 format_rfc3339(confirmed));
  pipeline_->set_customers_usable(usable, core_now());
  commit_output(std::nullopt);
}

// Once a second: what depends on the wall clock, and silences of a live source.
void Agent::tick() {
  if (stopping_) return;
  refresh_time();
  refresh_trust();
  disk_.look(store_->stats(), clock_.steady(), log_);
  watch_config();
  watch_update();
  if (stopping_) return;
  if (!file_source()) {
    drain_queue();
    pipeline_->advance(clock_.stamp());
    commit_output(std::nullopt);
    catch_up();
  }
  core_.after(seconds{1}, [this] { tick(); });
}

// The next silence of a live source, on time.
void Agent::schedule_deadline() {
  if (file_source() || stopping_) return;
  if (deadline_timer_) core_.cancel(*deadline_timer_);
  deadline_timer_.reset();
  const auto due = pipeline_->next_deadline();
  if (!due) return;
  deadline_timer_ = core_.after(*due - clock_.steady(), [this] {
    deadline_timer_.reset();
    drain_queue();  // what was heard comes before what was not
    pipeline_->advance(clock_.stamp());
    commit_output(std::nullopt);
    schedule_deadline();
  });
}

void Agent::prepare_tokens() {
  prepare_timer_.reset();
  if (stopping_) return;
  const bool more = pipeline_->prepare(kStepsPerSlice);
  if (pipeline_->behind()) return core_.post([this] { prepare_tokens(); });
  prepare_timer_ = core_.after(more ? kSlicePause : milliseconds{kPreparedPause}, [this] { prepare_tokens(); });
}

// Slice upon slice while somebody may go unrecognized for it.
void Agent::catch_up() {
  if (!prepare_timer_ || !pipeline_->behind()) return;
  core_.cancel(*prepare_timer_);
  prepare_tokens();
}

void Agent::drop_keys(std::int32_t before) {
  pipeline_->resolver().drop_keys_before(before);
  if (std::exchange(dropping_keys_, true)) return;
  store_->drop_keys_before(before, [this, before](const Result<bool>& more) {
    dropping_keys_ = false;
    if (stopping_ || !more || !*more) return;
    core_.after(kDropPause, [this, before] { drop_keys(before); });
  });
}

// Every 10 s: bounds of the outbox, and what need not be kept any longer.
void Agent::keep_house() {
  if (stopping_) return;
  enforce_bounds();
  store_->compact();
  forget_commands();
  const UnixTime now = core_now().wall;
  if (clock_trusted_) {
    certificate_.look(clock_.stamp(), log_);  // brokers live today, whatever a recording says
    const UnixTime oldest = now - pipeline_->offers().longest_memory() - offers::kClockSlack;
    store_->prune(oldest.time_since_epoch().count(), utc_day(now - offers::kClockSlack) - 1);
    const auto day = file_source() ? std::nullopt : retirement_.look(utc_day(now) - 1, boot_->elapsed());
    if (day) drop_keys(*day);
  }
  core_.after(seconds{10}, [this] { keep_house(); });
}

void Agent::stop() {
  if (stopping_) return;
  if (file_source()) queue_->close();  // it may be waiting for room
  source_->stop();
  if (session_) {
    if (!file_source()) drain_queue();
    pipeline_->end_all(presence::EndReason::coverage_lost, core_now());
    commit_output(std::nullopt);
  }
  stopping_ = true;
  queue_->close();
  if (!session_) return finish_stop();
  // What was just made must be committed before the session can send it.
  if (!store_->flush(kFlushDeadline))
    log_.warning("the database did not take everything within {} ms", kFlushDeadline.count());
  core_.post([this] { session_->stop(kGoodbyeDeadline, [this] { finish_stop(); }); });
}

void Agent::finish_stop() {
  // The last acknowledgements may still wait for a commit: without them the next start would send those events again.
  if (!store_->flush(kLastFlushDeadline)) log_.warning("the last acknowledgements were not written in time");
  if (const auto latency = journal_->latency().to_json(); latency["count"] != 0) {
    log_.info("{} decisions committed, {} us (p50), {} us (p99) after their adverts", latency["count"].dump(),
              latency["p50_us"].dump(), latency["p99_us"].dump());
  }
  on_stopped_();
}

}  // namespace aisle::app
