#include "agent/app/journal.hpp"

#include <memory>

#include "sync/core/session.hpp"

namespace aisle::app {

Event epoch_started(const store::Loaded& loaded, UnixTime now, std::string_view reason) {
  Event event;
  event.type = "epoch.started";
  event.time = now;
  event.durability = EventClass::ledger;
  const auto& previous = loaded.previous_epoch;
  if (reason.empty()) reason = loaded.quarantined ? "database_lost" : previous ? "restart" : "first_start";
  event.data = {{"previous_epoch", previous ? Json(previous->epoch) : Json()},
                {"previous_last_sequence", previous ? Json(previous->last_sequence) : Json()},
                {"reason", reason}};
  return event;
}

store::OutboxEvent Journal::envelope(const Event& event, UnixTime now) {
  store::OutboxEvent out;
  out.epoch = identity_.epoch;
  out.sequence = ++sequence_;
  out.type = event.type;
  out.payload = sync::cloud_event(event, identity_.store, identity_.gateway, identity_.epoch, out.sequence, now);
  out.recorded_ms = now.time_since_epoch().count() / 1000;
  out.ledger = event.durability == EventClass::ledger;
  return out;
}

void Journal::record(const pipeline::Output& output, std::optional<SteadyTime> arrived) {
  if (output.empty()) return;
  const UnixTime now = clock_.now();
  store::Batch batch;
  bool urgent = false;
  for (const auto& event : output.events) {
    batch.events.push_back(envelope(event, now));
    urgent = urgent || event.durability == EventClass::ledger;
  }
  for (const auto& made : output.decisions) {
    const auto& past = made.decision;
    batch.decisions.push_back({made.id, past.customer, past.offer, past.group, past.at.time_since_epoch().count()});
  }
  for (const auto& visit : output.visits) batch.visits.push_back({visit.customer, visit.day, visit.number});
  submit(std::move(batch), urgent, urgent ? arrived : std::nullopt);
}

void Journal::record(const Event& event) {
  store::Batch batch;
  batch.events.push_back(envelope(event, clock_.now()));
  submit(std::move(batch), event.durability == EventClass::ledger, std::nullopt);
}

void Journal::record_drop(const Event& event, std::int64_t drop_id) {
  store::Batch batch;
  batch.events.push_back(envelope(event, clock_.now()));
  batch.drops_reported = drop_id;
  submit(std::move(batch), true, std::nullopt);
}

void Journal::record_change(store::DatasetChange change, std::vector<std::string> forget,
                            store::Store::CommitDone done) {
  store::Batch batch;
  batch.change = std::move(change);
  batch.forget_customers = std::move(forget);
  store_.commit(std::move(batch), true, std::move(done));
}

void Journal::record_erasure(const EraseOrder& order, std::string signature, CommandOf command,
                             store::Store::CommitDone done) {
  const UnixTime now = clock_.now();
  store::Batch batch;
  batch.events.push_back(envelope(erased_event(now, order, {}, signature), now));
  const auto sequence = batch.events[0].sequence;
  batch.erasure = store::Erasure{
      order.customer, [identity = identity_, now, sequence, order, signature = std::move(signature),
                       command = std::move(command)](const store::Erased& erased, store::Batch& full) {
        full.events[0].payload = sync::cloud_event(erased_event(now, order, erased, signature), identity.store,
                                                   identity.gateway, identity.epoch, sequence, now);
        if (command) full.command = command(erased_data(order, erased));
      }};
  ++pending_;
  store_.commit(std::move(batch), true, [this, done = std::move(done)](const Result<store::Committed>& committed) {
    --pending_;
    if (!committed) ++lost_;
    if (committed && listener_) listener_(committed->completed, committed->first_id);
    done(committed);
  });
}

void Journal::submit(store::Batch batch, bool urgent, std::optional<SteadyTime> arrived) {
  const auto events = std::make_shared<std::vector<store::OutboxEvent>>(batch.events);
  pending_ += events->size();
  store_.commit(std::move(batch), urgent, [this, events, arrived](const Result<store::Committed>& committed) {
    pending_ -= events->size();
    if (!committed) {
      lost_ += events->size();
      return;
    }
    if (arrived) latency_.add(clock_.steady() - *arrived);
    if (listener_ && !events->empty()) listener_(*events, committed->first_id);
  });
}

}  // namespace aisle::app
