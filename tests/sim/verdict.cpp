#include "tests/sim/verdict.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace aisle::sim {
namespace {

constexpr Duration kRemembered = seconds(3000);  // decisions as old as this are kept for certain: "base" needs 3600 s

// The epoch that the store ought to name: the last one known to have committed something.
const Epoch* last_committed_epoch(const Ledger& ledger) {
  const Epoch* last = nullptr;
  for (const auto& epoch : ledger.epochs()) {
    if (epoch.last_committed() > 0) last = &epoch;
  }
  return last;
}

std::string check_decisions(const store::Loaded& loaded, const Ledger& ledger, UnixTime now) {
  std::set<std::string> held;
  for (const auto& row : loaded.decisions) {
    held.insert(row.decision_id);
    const auto known = ledger.decisions().find(row.decision_id);
    if (known == ledger.decisions().end()) return fmt::format("decision {} was never made", row.decision_id);
    const auto& previous = loaded.previous_epoch;
    if (previous && previous->epoch == known->second.epoch && known->second.sequence > previous->last_sequence)
      return fmt::format("decision {} is on the disk without its event", row.decision_id);
  }
  for (const auto& [id, decision] : ledger.decisions()) {
    const UnixTime at{Duration{decision.at_us}};
    if (now - at > kRemembered || ledger.was_forgotten(decision.customer)) continue;
    const auto& previous = loaded.previous_epoch;
    const bool durable = previous && previous->epoch == decision.epoch && decision.sequence <= previous->last_sequence;
    if ((decision.committed || durable) && !held.contains(id))
      return fmt::format("decision {} of {}-{} is gone", id, decision.epoch, decision.sequence);
  }
  return {};
}

// How far an epoch surely goes: what its successor said, or everything, for the one that still lives.
std::uint64_t known_last(const Epoch& epoch, const Consumer& consumer, const std::string& live_epoch) {
  const auto closed = consumer.closed().find(epoch.name);
  if (closed != consumer.closed().end()) return closed->second;
  return epoch.name == live_epoch ? epoch.made.size() : epoch.last_committed();
}

std::string check_lost_tail(const Epoch& epoch, std::uint64_t sequence, Duration disk_latency) {
  const Made& event = epoch.made[sequence - 1];
  if (event.committed) return fmt::format("{}-{} was committed and is gone", epoch.name, sequence);
  if (!epoch.end) return fmt::format("{}-{} is missing though its process lives", epoch.name, sequence);
  const Duration waited = epoch.end->at - event.at;
  if (waited > kLossWindow + disk_latency && !epoch.end->disk_troubled)
    return fmt::format("{}-{} ({}) was lost {} ms after it was made ({})", epoch.name, sequence, event.type,
                       waited.count() / 1000, epoch.end->how);
  return {};
}

std::string check_epoch(const Epoch& epoch, const Consumer& consumer, const std::string& live_epoch,
                        Duration disk_latency) {
  const std::uint64_t last = known_last(epoch, consumer, live_epoch);
  const bool closed = consumer.closed().contains(epoch.name);
  if (last > epoch.made.size()) return fmt::format("epoch {} was closed beyond its end", epoch.name);
  if (last < epoch.last_committed())
    return fmt::format("epoch {} was closed at {}, {} was committed", epoch.name, last, epoch.last_committed());
  for (std::uint64_t sequence = 1; sequence <= epoch.made.size(); ++sequence) {
    const Made& made = epoch.made[sequence - 1];
    const auto got = consumer.events().find({epoch.name, sequence});
    if (got != consumer.events().end()) {
      if (got->second.payload != made.payload) return fmt::format("{}-{} came altered", epoch.name, sequence);
      if (closed && sequence > last)
        return fmt::format("{}-{} came, its epoch was closed at {}", epoch.name, sequence, last);
      continue;
    }
    if (consumer.listed(epoch.name, sequence)) continue;
    if (sequence <= last)
      return fmt::format("{}-{} ({}) is neither delivered nor listed", epoch.name, sequence, made.type);
    if (auto breach = check_lost_tail(epoch, sequence, disk_latency); !breach.empty()) return breach;
  }
  return {};
}

// Every epoch of which something is known is closed by an epoch.started, unless that one is listed as dropped.
std::string check_closed(const Consumer& consumer, const Ledger& ledger, const std::string& live_epoch) {
  const Epoch* open = nullptr;
  bool listed = false;
  for (const auto& epoch : ledger.epochs()) {
    listed = listed || consumer.listed(epoch.name, 1);
    if (epoch.last_committed() == 0) continue;
    if (open != nullptr && !consumer.closed().contains(open->name) && !listed)
      return fmt::format("epoch {} was not closed by {}", open->name, epoch.name);
    open = &epoch;
    listed = false;
  }
  if (open == nullptr || open->name != live_epoch) return "the live epoch has committed nothing";
  return {};
}

}  // namespace

std::string check_loaded(const store::Loaded& loaded, const Ledger& ledger, UnixTime now) {
  if (loaded.quarantined) return "the database was taken for corrupt";
  if (loaded.database_lost) return "the database has less than was committed to it";
  const Epoch* last = last_committed_epoch(ledger);
  if (last != nullptr) {
    if (!loaded.previous_epoch) return "the database has forgotten every epoch";
    const auto& previous = *loaded.previous_epoch;
    const Epoch* named = ledger.find(previous.epoch);
    if (named == nullptr || named < last)
      return fmt::format("the database names epoch {} after {}", previous.epoch, last->name);
    if (named == last && previous.last_sequence < last->last_committed())
      return fmt::format("{}-{} was committed; the database knows {}", last->name, last->last_committed(),
                         previous.last_sequence);
  }
  return check_decisions(loaded, ledger, now);
}

std::string check_delivered(const Consumer& consumer, const Ledger& ledger, const std::string& live_epoch,
                            Duration disk_latency) {
  if (!ledger.broken().empty()) return ledger.broken();
  if (!consumer.broken().empty()) return consumer.broken();
  for (const auto& entry : consumer.events()) {
    if (ledger.find(entry.first.first, entry.first.second) == nullptr)
      return fmt::format("{}-{} came and was never made", entry.first.first, entry.first.second);
  }
  for (const auto& epoch : ledger.epochs()) {
    if (auto breach = check_epoch(epoch, consumer, live_epoch, disk_latency); !breach.empty()) return breach;
  }
  return check_closed(consumer, ledger, live_epoch);
}

std::string check_caps(const Ledger& ledger, const Consumer& consumer, Duration clock_jumps) {
  std::map<std::string, std::set<std::int64_t>> by_customer;
  for (const auto& entry : ledger.decisions()) {
    const MadeDecision& decision = entry.second;
    const bool seen = decision.committed || consumer.events().contains({decision.epoch, decision.sequence});
    if (seen && decision.offer == "base") by_customer[decision.customer].insert(decision.at_us);
  }
  const std::int64_t least = kCapPeriod * 1'000'000 - clock_jumps.count();
  for (const auto& [customer, times] : by_customer) {
    for (auto at = times.begin(); std::next(at) != times.end(); ++at) {
      if (*std::next(at) - *at < least)
        return fmt::format("{} was decided for twice within {} s", customer, (*std::next(at) - *at) / 1'000'000);
    }
  }
  return {};
}

std::string check_visits(const Consumer& consumer, const Ledger& ledger) {
  std::map<std::string, Consumer::Key> visits;
  for (const auto& [key, got] : consumer.events()) {
    if (got.type != "io.aisle.visit.started.v1") continue;
    const auto event = nlohmann::json::parse(got.payload, nullptr, false);
    if (ledger.was_forgotten(event["data"].value("customer_id", ""))) continue;
    const auto [it, fresh] = visits.try_emplace(event["data"].value("visit_id", ""), key);
    if (!fresh)
      return fmt::format("{}-{} and {}-{} began the same visit", it->second.first, it->second.second, key.first,
                         key.second);
  }
  return {};
}

}  // namespace aisle::sim
