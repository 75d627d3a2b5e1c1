#include "tests/sim/ledger.hpp"

#include <algorithm>

namespace aisle::sim {

std::uint64_t Epoch::last_committed() const {
  for (std::size_t i = made.size(); i > 0; --i) {
    if (made[i - 1].committed) return i;
  }
  return 0;
}

void Ledger::made(const store::OutboxEvent& event, SteadyTime at) {
  const auto [it, fresh] = index_.try_emplace(event.epoch, epochs_.size());
  if (fresh) epochs_.push_back({event.epoch, {}, std::nullopt});
  Epoch& epoch = epochs_[it->second];
  if (epoch.end) breaks(fmt::format("epoch {} goes on after its process has ended", event.epoch));
  if (event.sequence != epoch.made.size() + 1 && !epoch.end) {
    breaks(fmt::format("{}-{} was made after {} events", event.epoch, event.sequence, epoch.made.size()));
  }
  epoch.made.push_back({event.type, event.payload, event.ledger, at, std::nullopt, 0});
  ++events_;
}

void Ledger::decided(const store::DecisionRow& decision, const store::OutboxEvent& event) {
  decisions_[decision.decision_id] = {event.epoch,    event.sequence, decision.customer,
                                      decision.offer, decision.at_us, false};
}

void Ledger::committed(const store::Batch& batch, SteadyTime at) {
  for (const auto& event : batch.events) {
    const auto found = index_.find(event.epoch);
    if (found == index_.end()) continue;
    auto& all = epochs_[found->second].made;
    if (event.sequence >= 1 && event.sequence <= all.size()) all[event.sequence - 1].committed = at;
  }
  for (const auto& decision : batch.decisions) {
    const auto found = decisions_.find(decision.decision_id);
    if (found != decisions_.end()) found->second.committed = true;
  }
}

void Ledger::published(const std::string& epoch, std::uint64_t sequence) {
  const auto found = index_.find(epoch);
  if (found == index_.end() || sequence < 1 || sequence > epochs_[found->second].made.size()) {
    return breaks(fmt::format("{}-{} was published and never made", epoch, sequence));
  }
  Made& event = epochs_[found->second].made[sequence - 1];
  event.published_in = epochs_.size();
  if (event.ledger && !event.committed) {
    // A restart finds events on the disk whose commit this ledger was not told of before the crash.
    if (epochs_[found->second].end) return;
    breaks(fmt::format("the ledger event {}-{} was published before it was committed", epoch, sequence));
  }
}

void Ledger::dropped(const store::Dropped& dropped) {
  const Epoch* epoch = find(dropped.epoch);
  if (epoch == nullptr || dropped.reason == "refused" || dropped.reason == "erased") return;
  for (const auto& [first, last] : dropped.ranges) {
    for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
      const Made* made = find(dropped.epoch, sequence);
      if (made == nullptr || made->published_in != epochs_.size()) continue;
      return breaks(fmt::format("{}-{} was published, and dropped all the same", dropped.epoch, sequence));
    }
  }
}

void Ledger::ended(End end) {
  for (auto it = epochs_.rbegin(); it != epochs_.rend() && !it->end; ++it) it->end = end;
}

const Epoch* Ledger::find(const std::string& epoch) const {
  const auto found = index_.find(epoch);
  return found == index_.end() ? nullptr : &epochs_[found->second];
}

const Made* Ledger::find(const std::string& epoch, std::uint64_t sequence) const {
  const Epoch* found = find(epoch);
  if (found == nullptr || sequence < 1 || sequence > found->made.size()) return nullptr;
  return &found->made[sequence - 1];
}

bool Ledger::was_forgotten(const std::string& customer) const {
  return std::ranges::find(forgotten_, customer) != forgotten_.end();
}

}  // namespace aisle::sim
