#include "agent/app/journal.hpp"

#include <memory>

#include "sync/core/session.hpp"

namespace aisle::app {
namespace {

constexpr std::size_t kMaxPending = 20'000;  // events that wait for the disk: some 20 MiB

}  // namespace

Event epoch_started(const store::Loaded& loaded, UnixTime now, std::string_view reason) {
  Event event;
  event.type = "epoch.started";
  event.time = now;
  event.durability = EventClass::ledger;
  const auto& previous = loaded.previous_epoch;
  if (loaded.database_lost) reason = "database_lost";
  if (reason.empty()) reason = previous ? "restart" : "first_start";
  event.data = {{"previous_epoch", previous ? Json(previous->epoch) : Json()},
                {"previous_last_sequence", previous ? Json(previous->last_sequence) : Json()},
                {"reason", reason}};
  return event;
}

void Journal::hold(std::string boot, UnixTime booted) {
  held_ = Held{std::move(boot), booted};
}

void Journal::settle(store::SettleDraft settle, bool go_on) {
  if (go_on) held_.reset();
  store::Batch batch;
  batch.settle = std::move(settle);
  store_.commit(std::move(batch), true, [this](const Result<store::Committed>& committed) {
    if (committed && listener_ && !committed->completed.empty()) listener_(committed->completed, committed->first_id);
  });
}

void Journal::add(store::Batch& batch, const Event& event, UnixTime now) {
  if (held_) {
    batch.drafts.push_back(draft(event, now));
  } else {
    batch.events.push_back(envelope(event, now));
  }
}

store::Draft Journal::draft(const Event& event, UnixTime now) {
  store::Draft out;
  out.epoch = identity_.epoch;
  out.sequence = ++sequence_;
  out.type = event.type;
  out.ledger = event.durability == EventClass::ledger;
  out.boot = held_->boot;
  out.boot_us = held_->booted.time_since_epoch().count();
  out.body = draft_body(event, now);
  return out;
}

store::OutboxEvent Journal::envelope(const Event& event, UnixTime now) {
  if (estimated_ && !event.time_estimated) {
    Event marked = event;
    marked.time_estimated = true;
    return envelope(marked, now);
  }
  store::OutboxEvent out;
  out.epoch = identity_.epoch;
  out.sequence = ++sequence_;
  out.type = event.type;
  out.payload = sync::cloud_event(event, identity_.store, identity_.gateway, identity_.epoch, out.sequence, now);
  out.recorded_ms = now.time_since_epoch().count() / 1000;
  out.ledger = event.durability == EventClass::ledger;
  return out;
}

// Ledger events are few, and always find room.
bool Journal::has_room_for(const Event& event) {
  if (pending_ < kMaxPending || event.durability == EventClass::ledger) return true;
  ++not_recorded_[event.type];
  return false;
}

void Journal::record(const pipeline::Output& output, std::optional<SteadyTime> arrived) {
  if (output.empty()) return;
  const UnixTime now = clock_.now();
  store::Batch batch;
  bool urgent = false;
  for (const auto& event : output.events) {
    if (!has_room_for(event)) continue;
    add(batch, event, now);
    urgent = urgent || event.durability == EventClass::ledger;
  }
  for (const auto& made : output.decisions) {
    const auto& past = made.decision;
    batch.decisions.push_back({made.id, past.customer, past.offer, past.group, past.at.time_since_epoch().count()});
  }
  for (const auto& visit : output.visits) batch.visits.push_back({visit.customer, visit.day, visit.number});
  for (const auto& spend : output.spends)
    batch.lease_spends.push_back(
        {spend.lease, spend.fence, spend.unit, spend.code, spend.expires.time_since_epoch().count()});
  submit(std::move(batch), urgent, urgent ? arrived : std::nullopt);
}

void Journal::record(const Event& event) {
  if (!has_room_for(event)) return;
  store::Batch batch;
  add(batch, event, clock_.now());
  submit(std::move(batch), event.durability == EventClass::ledger, std::nullopt);
}

void Journal::record_drop(const Event& event, std::int64_t drop_id) {
  store::Batch batch;
  add(batch, event, clock_.now());
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
  add(batch, erased_event(now, order, {}, signature), now);
  batch.erasure = store::Erasure{
      order.customer, [identity = identity_, estimated = estimated_, now, order, signature = std::move(signature),
                       command = std::move(command)](const store::Erased& erased, store::Batch& full) {
        Event event = erased_event(now, order, erased, signature);
        event.time_estimated = estimated;
        for (auto& made : full.events)
          made.payload = sync::cloud_event(event, identity.store, identity.gateway, identity.epoch, made.sequence, now);
        for (auto& made : full.drafts) made.body = draft_body(event, now);
        if (command) full.command = command(erased_data(order, erased));
      }};
  ++pending_;
  store_.commit(std::move(batch), true, [this, done = std::move(done)](const Result<store::Committed>& committed) {
    --pending_;
    if (!committed) ++lost_;
    if (committed && listener_ && !committed->completed.empty()) listener_(committed->completed, committed->first_id);
    done(committed);
  });
}

void Journal::submit(store::Batch batch, bool urgent, std::optional<SteadyTime> arrived) {
  const auto events = std::make_shared<std::vector<store::OutboxEvent>>(batch.events);
  const std::size_t count = events->size() + batch.drafts.size();
  pending_ += count;
  store_.commit(std::move(batch), urgent, [this, events, count, arrived](const Result<store::Committed>& committed) {
    pending_ -= count;
    if (!committed) {
      lost_ += count;
      return;
    }
    if (arrived) latency_.add(clock_.steady() - *arrived);
    if (listener_ && !events->empty()) listener_(*events, committed->first_id);
  });
}

}  // namespace aisle::app
