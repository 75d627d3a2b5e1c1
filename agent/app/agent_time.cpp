// The time's side of the daemon: events wait until it is known, and nobody is led astray when it jumps.
#include <algorithm>
#include <cmath>

#include "agent/app/agent.hpp"
#include "agent/app/draft.hpp"

namespace aisle::app {

// What an earlier start left waiting comes first, then our own events.
void Agent::begin_time() {
  const bool wait = !file_source() && !time_.known() && options_.config.time_wait > seconds{0};
  if (wait) {
    journal_->hold(boot_->id(), time_.booted());
    log_.warning("the time is not known: events wait for it, {} s at most", options_.config.time_wait.count());
  }
  journal_->set_estimated(!file_source() && !time_.known());
  if (store_->loaded().drafts > 0) settle_drafts(!wait);
}

void Agent::start_session() {
  if (session_started_ || stopping_) return;
  const auto& sync = options_.config.sync;
  if (sync.tls && sync.wait_for_clock && !time_.known()) return;
  session_started_ = true;
  session_->start(store_->loaded());
}

void Agent::refresh_time() {
  const Duration jump = time_.refresh();
  if (jump != Duration{0}) {
    log_.warning("the clock was set by {:.3f} s", static_cast<double>(jump.count()) / 1e6);
    if (!file_source()) pipeline_->shift_wall(jump);
    rewrite_confirmations();
  }
  start_session();
  if (time_.known()) journal_->set_estimated(false);
  if (!journal_->holding()) return;
  const bool late = clock_.steady() - started_steady_ >= options_.config.time_wait;
  if (time_.known() || late) settle_drafts(true);
}

void Agent::settle_drafts(bool go_on) {
  journal_->settle(settler(go_on), go_on);
}

// Drafts of this boot get their true time once it is known. Those of an earlier one never will; nor those that wait no
// longer.
store::SettleDraft Agent::settler(bool wait_no_longer) const {
  return [boot = boot_->id(), booted = time_.booted(), known = time_.known(), wait_no_longer,
          site = options_.config.store](const store::Draft& draft) -> std::optional<store::OutboxEvent> {
    const bool ours = draft.boot == boot;
    if (ours && !known && !wait_no_longer) return std::nullopt;
    const bool exact = ours && known;
    const Duration shift = exact ? booted - UnixTime{Duration{draft.boot_us}} : Duration{0};
    auto settled = settle_draft(draft.body, shift);
    if (!settled) {  // only its place is left
      settled.emplace();
      settled->event.type = draft.type;
      settled->event.time = settled->recorded = UnixTime{Duration{draft.boot_us}};
    }
    settled->event.time_estimated = !exact;
    store::OutboxEvent out;
    out.epoch = draft.epoch;
    out.sequence = draft.sequence;
    out.type = draft.type;
    out.ledger = draft.ledger;
    out.recorded_ms = settled->recorded.time_since_epoch().count() / 1000;
    out.payload =
        sync::cloud_event(settled->event, site.id, site.gateway, draft.epoch, draft.sequence, settled->recorded);
    return out;
  };
}

// A radio stamps with the system's clock; what counts is ours.
void Agent::restamp(SourceItem& item) const {
  if (file_source()) return;
  const auto wall = [steady = clock_.steady(), now = clock_.now()](Stamp& at) { at.wall = now - (steady - at.mono); };
  if (auto* advert = std::get_if<Advert>(&item)) wall(advert->at);
  if (auto* state = std::get_if<ReceiverState>(&item)) wall(state->at);
  if (auto* tick = std::get_if<ClockTick>(&item)) wall(tick->at);
}

// On the boot clock where that tells: a clock that was set makes consent neither younger nor older than it is.
Duration Agent::consent_age(UnixTime confirmed) const {
  const auto at = confirmed_at_.find(Dataset::customers);
  return at != confirmed_at_.end() ? boot_->elapsed() - at->second : clock_.now() - confirmed;
}

// The next start reads them from the disk, by the new time.
void Agent::rewrite_confirmations() {
  for (const auto& [dataset, at] : confirmed_at_) {
    store::DatasetChange change;
    change.dataset = dataset;
    change.confirm_only = true;
    change.confirmed_ms = (time_.booted() + at).time_since_epoch().count() / 1000;
    dataset_states_[dataset].confirmed_ms = change.confirmed_ms;
    journal_->record_change(std::move(change), {}, [](const Result<store::Committed>&) {});
  }
}

}  // namespace aisle::app
