#include "tests/sim/watched_store.hpp"

#include <algorithm>

namespace aisle::sim {
namespace {

// What the ledger needs of a batch when it is committed.
store::Batch outline(const store::Batch& batch) {
  store::Batch out;
  out.decisions = batch.decisions;
  for (const auto& event : batch.events) {
    store::OutboxEvent mark;
    mark.epoch = event.epoch;
    mark.sequence = event.sequence;
    out.events.push_back(std::move(mark));
  }
  return out;
}

}  // namespace

void WatchedStore::note_made(const store::Batch& batch) {
  const SteadyTime now = core_.clock().steady();
  for (const auto& event : batch.events) ledger_.made(event, now);
  for (const auto& decision : batch.decisions) {
    const auto tells = [&](const auto& event) { return event.payload.find(decision.decision_id) != std::string::npos; };
    const auto event = std::ranges::find_if(batch.events, tells);
    if (event != batch.events.end()) {
      ledger_.decided(decision, *event);
    } else {
      ledger_.breaks(fmt::format("decision {} has no event in its batch", decision.decision_id));
    }
  }
  for (const auto& customer : batch.forget_customers) ledger_.forgot(customer);
}

void WatchedStore::commit(store::Batch batch, bool urgent, CommitDone done) {
  if (disk_.dead()) return;  // the process is no more: what it goes on to do was not done
  note_made(batch);
  auto watched = [this, mark = outline(batch), done = std::move(done)](Result<store::Committed> committed) {
    if (disk_.dead()) return;
    if (committed) {
      ledger_.committed(mark, core_.clock().steady());
    } else if (!mark.events.empty()) {
      ledger_.breaks(fmt::format("a batch was left out: {}", committed.error().message()));
    }
    if (done) done(std::move(committed));
  };
  if (plants_.split_decisions && !batch.decisions.empty()) {
    return commit_split(std::move(batch), urgent, std::move(watched));
  }
  store_->commit(std::move(batch), urgent, std::move(watched));
}

void WatchedStore::commit_split(store::Batch batch, bool urgent, CommitDone done) {
  store::Batch decisions;
  decisions.decisions = std::exchange(batch.decisions, {});
  store_->commit(std::move(batch), urgent, std::move(done));
  const auto later = std::make_shared<store::Batch>(std::move(decisions));
  core_.after(milliseconds{100}, [this, later] { store_->commit(std::move(*later), true, nullptr); });
}

}  // namespace aisle::sim
