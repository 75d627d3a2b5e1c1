#include "tests/e2e/agent/ledger.hpp"

#include <fmt/format.h>

namespace aisle::e2e {

Ledger::Ledger(const std::vector<std::string>& payloads) {
  for (const auto& payload : payloads) {
    const auto event = json::parse(payload, nullptr, false);
    if (event.is_object() && event.contains("id") && event.contains("data")) {
      take(payload, event);
    } else {
      trouble_.push_back("no event: " + payload.substr(0, 200));
    }
  }
}

void Ledger::take(const std::string& payload, const json& event) {
  const std::string id = event["id"];
  const auto [known, fresh] = payload_of_.emplace(event.value("source", "") + " " + id, payload);
  if (!fresh) {
    ++duplicates_;
    if (known->second != payload) trouble_.push_back(id + " came with two payloads");
    return;
  }
  auto& epoch = epochs_[id.substr(0, id.rfind('-'))];
  const std::uint64_t sequence = std::stoull(id.substr(id.rfind('-') + 1));
  epoch.seen.insert(sequence);
  const auto type = short_type(event);
  const auto& data = event["data"];
  if (sequence == 1 && type != "epoch.started") trouble_.push_back(id + " is " + type + ", not epoch.started");
  if (type == "epoch.started") {
    epoch.started = data;
    if (sequence != 1) trouble_.push_back(id + " is an epoch.started");
    if (data["previous_epoch"].is_string()) last_committed_[data["previous_epoch"]] = data["previous_last_sequence"];
  }
  if (type == "outbox.dropped") {
    for (const auto& range : data["ranges"]) {
      for (std::uint64_t i = range[0]; i <= range[1].get<std::uint64_t>(); ++i)
        listed_[data["reason"]] += epochs_[data["epoch"]].dropped.insert(i).second ? 1U : 0U;
    }
  }
}

std::uint64_t Ledger::committed(const std::string& epoch) const {
  const auto it = last_committed_.find(epoch);
  return it == last_committed_.end() ? 0 : it->second;
}

std::size_t Ledger::listed(const std::string& reason) const {
  const auto it = listed_.find(reason);
  return it == listed_.end() ? 0 : it->second;
}

std::size_t Ledger::listed_and_seen() const {
  std::size_t both = 0;
  for (const auto& entry : epochs_) {
    for (const std::uint64_t sequence : entry.second.dropped) both += entry.second.seen.count(sequence);
  }
  return both;
}

void Ledger::check_epoch(const std::string& name, const Epoch& epoch, std::vector<std::string>& out) const {
  if (epoch.seen.empty() && epoch.dropped.empty()) return out.push_back(name + ": nothing came");
  const std::uint64_t highest = epoch.seen.empty() ? 0 : *epoch.seen.rbegin();
  const std::uint64_t last = last_committed_.contains(name) ? committed(name) : highest;
  if (highest > last) out.push_back(fmt::format("{}: {} came, but only {} were committed", name, highest, last));
  std::size_t missing = 0;
  std::uint64_t first_missing = 0;
  for (std::uint64_t i = 1; i <= last; ++i) {
    if (epoch.seen.contains(i) || epoch.dropped.contains(i)) continue;
    if (missing++ == 0) first_missing = i;
  }
  if (missing > 0)
    out.push_back(fmt::format("{}: {} of {} are missing, the first is {}", name, missing, last, first_missing));
}

void Ledger::check_chain(std::vector<std::string>& out) const {
  std::size_t first_starts = 0;
  std::size_t listed_starts = 0;
  for (const auto& entry : epochs_) {
    if (entry.second.started.is_null()) {  // reported as missing, unless it is listed
      listed_starts += entry.second.dropped.count(1);
      continue;
    }
    const auto& previous = entry.second.started["previous_epoch"];
    if (previous.is_null()) {
      ++first_starts;
    } else if (!epochs_.contains(previous.get<std::string>())) {
      out.push_back(fmt::format("{}: of epoch {} before it nothing came", entry.first, previous.get<std::string>()));
    }
  }
  if (first_starts > 1 || first_starts + listed_starts == 0)
    out.push_back(fmt::format("{} epochs say that they are the first", first_starts));
  // Each start is the first, or names the epoch before it.
  if (last_committed_.size() + first_starts + listed_starts != epochs_.size()) {
    out.push_back(fmt::format("{} epochs, but {} are named by a successor", epochs_.size(), last_committed_.size()));
  }
}

std::vector<std::string> Ledger::problems() const {
  std::vector<std::string> out = trouble_;
  for (const auto& entry : epochs_) check_epoch(entry.first, entry.second, out);
  check_chain(out);
  return out;
}

}  // namespace aisle::e2e
