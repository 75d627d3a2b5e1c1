// The datasets' side of the daemon: what the cloud or the CLI sends is checked, committed, then taken over.
#include <algorithm>
#include <memory>
#include <utility>

#include "agent/app/agent.hpp"

namespace aisle::app {
namespace {

constexpr std::int32_t kKeyDaysAhead = 2;
constexpr std::size_t kChangesPerTurn = 200;

}  // namespace

records::ParseContext Agent::parse_context() const {
  records::ParseContext context{records::Strictness::wire, options_.config.privacy.allow_static};
  const auto today = key_day();
  if (today) context.last_key_day = *today + kKeyDaysAhead;
  context.lease_fences = &lease_fences_;
  if (open_box_) context.open_box = &open_box_;
  context.leases_lost = leases_lost_;
  return context;
}

// The day from which keys count as ahead; none while nobody knows the time. A recording of the past is served with the
// keys of all its days.
std::optional<std::int32_t> Agent::key_day() const {
  const auto today = utc_day(clock_.now());
  if (!file_source()) return clock_trusted_ ? std::optional(today) : std::nullopt;
  return std::max({today, utc_day(recording_start_), utc_day(core_now().wall)});
}

void Agent::apply(sync::DatasetMessage message, std::function<void(bool)> done) {
  if (message.staged) return take_staged(message, std::move(done));
  const auto held = std::make_shared<sync::DatasetMessage>(std::move(message));
  changes_.add([this, held, done = std::move(done)](const Task& finished) {
    apply_in_turn(std::move(*held), [done, finished](bool ok) {
      done(ok);
      finished();
    });
  });
}

void Agent::apply_in_turn(sync::DatasetMessage message, const std::function<void(bool)>& done) {
  const Dataset dataset = message.dataset;
  datasets::RawChange raw{dataset, message.replace_all, std::move(message.deletes), std::move(message.upserts)};
  check(std::move(raw), parse_context(),
        [this, dataset, epoch = message.epoch, cursor = message.cursor, done](datasets::CheckedChange checked) {
          checked.change.epoch = epoch;
          checked.change.cursor = cursor;
          checked.change.confirmed_ms = clock_.now().time_since_epoch().count() / 1000;
          const auto refused = std::make_shared<std::vector<records::RecordError>>(checked.refused);
          apply_change(std::move(checked), [this, dataset, refused, done](const Result<store::DatasetState>& state) {
            if (!state) {
              log_.error("{} from the cloud could not be stored: {}", to_string(dataset), state.error().message());
              return done(false);
            }
            confirmed_.insert(dataset);
            announce_applied(dataset, *state, *refused, refused->size());
            done(true);
            maybe_release();
          });
        });
}

void Agent::check(datasets::RawChange raw, records::ParseContext context,
                  std::function<void(datasets::CheckedChange)> done) {
  if (parser_ == nullptr) return done(datasets::check(std::move(raw), context));
  const auto held = std::make_shared<datasets::RawChange>(std::move(raw));
  const auto fences = std::make_shared<std::map<std::string, std::int64_t>>();
  if (held->dataset == Dataset::leases) *fences = lease_fences_;
  context.lease_fences = fences.get();
  parser_->post([this, &core = core_, held, fences, context, done = std::move(done),
                 alive = std::weak_ptr<int>(alive_)]() mutable {
    const auto checked = std::make_shared<datasets::CheckedChange>(datasets::check(std::move(*held), context));
    core.post([this, checked, done = std::move(done), alive] {
      if (!alive.expired() && !stopping_) done(std::move(*checked));
    });
  });
}

void Agent::apply_change(datasets::CheckedChange change, std::function<void(const Result<store::DatasetState>&)> done) {
  const Dataset dataset = change.change.dataset;
  std::vector<std::string> forget = change.deleted_customers;
  note_fences(change.change);
  if (dataset == Dataset::leases) leases_lost_ = false;
  auto records = std::exchange(change.change.record_upserts, {});  // the store's alone, and most of it
  store::DatasetChange stored = change.change;
  stored.record_upserts = std::move(records);
  const auto held = std::make_shared<datasets::Application>(std::move(change));
  journal_->record_change(std::move(stored), std::move(forget),
                          [this, dataset, held, done = std::move(done)](const Result<store::Committed>& committed) {
                            if (!committed) return done(tl::unexpected(committed.error()));
                            const store::DatasetState state = committed->dataset.value_or(store::DatasetState{});
                            note_dataset(dataset, state);
                            apply_in_slices(held, [done, state] { done(state); });
                          });
}

void Agent::apply_in_slices(std::shared_ptr<datasets::Application> change, Task done) {
  if (stopping_) return;
  const bool more = change->step(kChangesPerTurn, *pipeline_, core_now());
  commit_output(std::nullopt);
  if (!more) return done();
  core_.post([this, change = std::move(change), done = std::move(done)]() mutable {
    apply_in_slices(std::move(change), std::move(done));
  });
}

void Agent::note_fences(const store::DatasetChange& change) {
  for (const auto& [lease, fence] : change.lease_fences) {
    auto& seen = lease_fences_[lease];
    seen = std::max(seen, fence);
  }
}

void Agent::note_dataset(Dataset dataset, const store::DatasetState& state) {
  auto& before = dataset_states_[dataset];
  if (state.confirmed_ms != before.confirmed_ms) confirmed_at_[dataset] = boot_->elapsed();
  before = state;
  refresh_trust();
}

void Agent::announce_applied(Dataset dataset, const store::DatasetState& state,
                             const std::vector<records::RecordError>& refused, std::size_t count) {
  records_refused_ += count;
  for (const auto& error : refused) {
    log_.warning("{} record \"{}\" was refused: {}: {}", to_string(dataset), error.id, error.field, error.why);
    if (&error - refused.data() == 9) break;  // the event names more of them
  }
  Event event;
  event.type = "sync.applied";
  event.time = clock_.now();
  event.durability = EventClass::ledger;
  event.data = {{"dataset", to_string(dataset)}, {"epoch", state.epoch.empty() ? Json() : Json(state.epoch)},
                {"cursor", state.cursor},        {"count", state.count},
                {"digest", state.digest},        {"refused", datasets::refused_json(refused)}};
  if (count > 100) event.data["refused_count"] = count;
  journal_->record(event);
}

void Agent::confirm_current(Dataset dataset) {
  confirmed_.insert(dataset);
  auto state = dataset_states_[dataset];
  store::DatasetChange change;
  change.dataset = dataset;
  change.epoch = state.epoch;
  change.cursor = state.cursor;
  change.confirmed_ms = clock_.now().time_since_epoch().count() / 1000;
  journal_->record_change(std::move(change), {}, [this, dataset](const Result<store::Committed>& committed) {
    if (committed && committed->dataset) note_dataset(dataset, *committed->dataset);
  });
  maybe_release();
}

// A recording starts when there is something to recognize and to offer, or after the wait that the configuration
// allows.
void Agent::maybe_release() {
  if (!file_source() || released_) return;
  for (const Dataset dataset : {Dataset::offers, Dataset::customers, Dataset::keys}) {
    if (!confirmed_.contains(dataset) && dataset_states_[dataset].count == 0) return;
  }
  released_ = true;
  file_source_->release();
}

}  // namespace aisle::app
