// The producer's ledger: what the core made, when it was committed, and when each life of the process ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/time.hpp"
#include "agent/store/store.hpp"

namespace aisle::sim {

struct Made {
  std::string type;
  std::string payload;
  bool ledger = false;
  SteadyTime at{};                      // handed to the store
  std::optional<SteadyTime> committed;  // the store said so
  std::size_t published_in = 0;         // number of the last epoch whose process handed it to the transport; 0: none
};

// How the process of an epoch ended.
struct End {
  SteadyTime at{};
  std::string how;             // "crash", "power cut", "stop"
  bool disk_troubled = false;  // commits were failing, or waiting behind failing ones, shortly before
};

struct Epoch {
  std::string name;
  std::vector<Made> made;  // by sequence, from 1
  std::optional<End> end;
  [[nodiscard]] std::uint64_t last_committed() const;
};

struct MadeDecision {
  std::string epoch;
  std::uint64_t sequence = 0;
  std::string customer, offer;
  std::int64_t at_us = 0;
  bool committed = false;
};

class Ledger {
 public:
  // An event or decision was handed to the store; its index there.
  void made(const store::OutboxEvent& event, SteadyTime at);
  void decided(const store::DecisionRow& decision, const store::OutboxEvent& event);
  void committed(const store::Batch& batch, SteadyTime at);
  void published(const std::string& epoch, std::uint64_t sequence);
  // The store has listed these as never to be delivered.
  void dropped(const store::Dropped& dropped);
  void ended(End end);
  void forgot(const std::string& customer) { forgotten_.push_back(customer); }

  // Oldest first.
  [[nodiscard]] const std::vector<Epoch>& epochs() const { return epochs_; }
  [[nodiscard]] const Epoch* find(const std::string& epoch) const;
  [[nodiscard]] const Made* find(const std::string& epoch, std::uint64_t sequence) const;
  // By decision id.
  [[nodiscard]] const std::map<std::string, MadeDecision>& decisions() const { return decisions_; }
  // Customers whose decisions were to be erased.
  [[nodiscard]] bool was_forgotten(const std::string& customer) const;
  // Something that must never happen was seen by the store; empty: nothing.
  [[nodiscard]] const std::string& broken() const { return broken_; }
  void breaks(std::string what) {
    if (broken_.empty()) broken_ = std::move(what);
  }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  std::vector<Epoch> epochs_;
  std::map<std::string, std::size_t> index_;
  std::map<std::string, MadeDecision> decisions_;
  std::vector<std::string> forgotten_;
  std::string broken_;
  std::uint64_t events_ = 0;
};

}  // namespace aisle::sim
