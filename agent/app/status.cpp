#include "agent/app/status.hpp"

#include "agent/app/agent.hpp"
#include "sync/core/states.hpp"

namespace aisle::app {
namespace {

constexpr const char* kWaitingForClock = "waiting for the clock";

Json identity_json(const identity::ResolverStats& stats) {
  return {{"customers", stats.customers},
          {"without_consent", stats.without_consent},
          {"keys", stats.keys},
          {"tokens_ready", stats.tokens_ready},
          {"assets", stats.assets},
          {"replays", stats.replays},
          {"ambiguous", stats.ambiguous},
          {"rpa_tried", stats.rpa_tried},
          {"rpa_cached", stats.rpa_cached},
          {"rolls", stats.rolls},
          {"bytes", stats.bytes}};
}

Json presence_json(const presence::Presence& presence) {
  const auto stats = presence.stats();
  Json present = Json::object();  // how many in each zone; who is not said here
  for (const auto& zone : presence.zones()) present[zone.id] = 0;
  for (const auto& row : presence.rows()) {
    if (!row.zone.empty()) present[row.zone] = present[row.zone].get<std::uint64_t>() + 1;
  }
  return {{"tracked", stats.tracked},
          {"visits_open", stats.visits_open},
          {"forgotten", stats.forgotten},
          {"unknown_receiver", stats.unknown_receiver},
          {"zones", present}};
}

Json offers_json(const offers::OfferStats& stats) {
  Json refused = Json::object();
  for (const auto& entry : stats.refused) refused[std::string(entry.first)] = entry.second;
  return {{"offers", stats.offers},   {"remembered_decisions", stats.remembered_decisions},
          {"decided", stats.decided}, {"holdouts", stats.holdouts},
          {"none", stats.none},       {"refused", refused}};
}

Json leases_json(const offers::Leases::Stats& stats) {
  return {{"held", stats.held}, {"units", stats.units}, {"spent", stats.spent}, {"spent_before", stats.spent_before}};
}

Json dataset_json(const sync::DatasetSyncStatus* sync, const store::DatasetState& state) {
  Json out = {{"count", state.count},
              {"epoch", state.epoch.empty() ? Json() : Json(state.epoch)},
              {"cursor", state.cursor},
              {"confirmed",
               state.confirmed_ms == 0 ? Json() : Json(format_rfc3339(UnixTime{milliseconds{state.confirmed_ms}}))}};
  if (sync != nullptr) {
    out["state"] = sync->state;
    out["gaps"] = sync->gaps;
    out["requests"] = sync->requests;
    out["ignored"] = sync->ignored;
    out["malformed"] = sync->malformed;
  }
  return out;
}

Json session_json(const sync::SessionStatus& status) {
  return {{"state", status.state},
          {"detail", status.detail},
          {"broker", status.broker.empty() ? Json() : Json(status.broker)},
          {"since", status.since ? Json(format_rfc3339(*status.since)) : Json()},
          {"next_attempt", status.next_attempt ? Json(format_rfc3339(*status.next_attempt)) : Json()},
          {"connects", status.connects},
          {"disconnects", status.disconnects},
          {"in_flight", status.in_flight},
          {"published", status.published},
          {"acknowledged", status.acknowledged},
          {"resent", status.resent},
          {"refused", status.refused}};
}

Json counters_json(const StatusCounters& counters) {
  Json out = Json::object();
  for (const auto& counter : counters) out[counter.first] = counter.second;
  return out;
}

Json scanning_json(const ScanningStatus& scanning) {
  return {{"mode", scanning.mode}, {"why", scanning.why}};
}

Json source_json(const SourceStatus& source, bool ended) {
  Json out = {{"kind", source.source}, {"state", source.state}, {"detail", source.detail}, {"ended", ended}};
  if (!source.counters.empty()) out["counters"] = counters_json(source.counters);
  if (!source.scanning.mode.empty()) out["scanning"] = scanning_json(source.scanning);
  for (const auto& radio : source.radios) {
    out["radios"].push_back({{"adapter", radio.adapter},
                             {"receiver", radio.receiver},
                             {"state", radio.state},
                             {"detail", radio.detail},
                             {"scanning", scanning_json(radio.scanning)},
                             {"counters", counters_json(radio.counters)}});
  }
  return out;
}

}  // namespace

Json outbox_json(const store::OutboxStatus& status) {
  Json epochs = Json::object();
  for (const auto& entry : status.rows_by_epoch) epochs[entry.first] = entry.second;
  return {{"rows", status.rows},
          {"bytes", status.bytes},
          {"dead_letters", status.dead_letters},
          {"damaged", status.damaged},
          {"waiting_for_time", status.drafts},
          {"oldest", status.oldest_recorded_ms == 0
                         ? Json()
                         : Json(format_rfc3339(UnixTime{milliseconds{status.oldest_recorded_ms}}))},
          {"rows_by_epoch", epochs}};
}

Health Agent::health() const {
  if (!session_) return {};
  Health health{true, true, source_->status().state, session_started_ ? session_->status().state : kWaitingForClock};
  health.known = !health.radio.empty() && health.radio != "starting" && health.cloud != sync::state::kConnecting;
  return health;
}

Json Agent::status() const {
  const auto sync = session_->status();
  const auto store = store_->stats();
  Json datasets = Json::object();
  for (const Dataset dataset : kDatasets) {
    const auto state = dataset_states_.find(dataset);
    const auto synced = sync.datasets.find(dataset);
    if (state == dataset_states_.end() && synced == sync.datasets.end()) continue;
    datasets[std::string(to_string(dataset))] =
        dataset_json(synced == sync.datasets.end() ? nullptr : &synced->second,
                     state == dataset_states_.end() ? store::DatasetState{} : state->second);
  }
  Json out = {{"version", AISLE_VERSION},
              {"store", options_.config.store.id},
              {"gateway", options_.config.store.gateway},
              {"epoch", epoch_}};
  out["box_key"] = box_key_.empty() ? Json() : Json(box_key_);
  out["started"] = format_rfc3339(started_);
  out["time"] = format_rfc3339(core_now().wall);
  out["clock_trusted"] = clock_trusted_;
  out["clock_jumps"] = time_.jumps();
  out["customers_usable"] = customers_usable_;
  out["source"] = source_json(source_->status(), source_ended_);
  out["queue"] = {{"waiting", queue_->size()}, {"capacity", queue_->capacity()}, {"dropped", queue_->dropped()}};
  out["adverts"] = pipeline_->adverts().to_json();
  out["identity"] = identity_json(pipeline_->resolver_stats());
  out["presence"] = presence_json(pipeline_->presence());
  out["offers"] = offers_json(pipeline_->offer_stats());
  out["leases"] = leases_json(pipeline_->offers().leases().stats());
  out["events"] = {
      {"sequence", journal_->last_sequence()}, {"pending", journal_->pending()}, {"lost", journal_->lost()}};
  // Never delivered: of those that were stored, each is listed by an outbox.dropped; the others had no number yet.
  out["events"]["dropped"] = dropped_;
  out["events"]["not_recorded"] = journal_->not_recorded();
  out["decision_latency"] = journal_->latency().to_json();
  out["database"] = {{"commits", store.commits},
                     {"events", store.events},
                     {"failed_commits", store.failed_commits},
                     {"last_error", store.last_error}};
  out["sync"] = session_json(sync);
  if (!session_started_) out["sync"]["state"] = kWaitingForClock;
  out["certificate"] = certificate_.status(clock_.now());
  out["commands"] = commands_json();
  out["config"] = cloud_config_json(cloud_);
  out["config"]["digest"] = config_digest_;
  out["update"] = updates_.status();
  out["datasets"] = std::move(datasets);
  out["records_refused"] = records_refused_;
  return out;
}

}  // namespace aisle::app
