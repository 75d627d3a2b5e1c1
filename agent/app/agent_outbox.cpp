// The outbox's side of the daemon: what it may hold, and the account of what will never be delivered.
#include "agent/app/agent.hpp"

namespace aisle::app {
namespace {

Event dropped_event(UnixTime now, std::string_view epoch, Json ranges, std::string_view reason, Json counts) {
  Event event;
  event.type = "outbox.dropped";
  event.time = now;
  event.durability = EventClass::ledger;
  event.data = {{"epoch", epoch}, {"ranges", std::move(ranges)}, {"reason", reason}, {"counts", std::move(counts)}};
  return event;
}

Json ranges_json(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges) {
  Json out = Json::array();
  for (const auto& range : ranges) out.push_back(Json::array({range.first, range.second}));
  return out;
}

}  // namespace

void Agent::enforce_bounds() {
  const auto& bounds = options_.config.outbox;
  store_->enforce_bounds(bounds.max_rows, bounds.max_bytes, session_->held_ids(),
                         [this](const Result<std::vector<store::Dropped>>& dropped) {
                           if (dropped && !stopping_) report_drops(*dropped);
                         });
}

// One event a removal, in the batch that clears the database's own note of it: a crash in between repeats the report.
void Agent::report_drops(const std::vector<store::Dropped>& drops) {
  for (const auto& drop : drops) {
    Json counts = Json::object();
    for (const auto& count : drop.by_type) counts[count.first] = count.second;
    journal_->record_drop(
        dropped_event(clock_.now(), drop.epoch, ranges_json(drop.ranges), drop.reason, std::move(counts)), drop.id);
    if (drop.reason != "bounds") continue;
    log_.warning("the outbox is at its bound: {} ranges of epoch {} were dropped", drop.ranges.size(), drop.epoch);
  }
}

void Agent::on_refused(const store::OutboxEvent& event, int reason) {
  log_.warning("the broker refused {} {}-{} with reason 0x{:02x}; it is in the dead-letter table", event.type,
               event.epoch, event.sequence, reason);
  enforce_bounds();  // which tells of dead letters, once they are
}

}  // namespace aisle::app
