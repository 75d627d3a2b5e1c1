// Accounts for every sequence number of every epoch of a feed, as the contract promises them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/site.hpp"

namespace aisle::e2e {

class Ledger {
 public:
  // Payloads as received, duplicates included, markers and other topics left out by the caller.
  explicit Ledger(const std::vector<std::string>& payloads);

  // What is wrong, one sentence each; empty when all is accounted for: each epoch's first event is its epoch.started;
  // the epochs form one chain by previous_epoch, except where an epoch.started is listed as dropped; of each, every
  // number from 1 to what its successor says was committed (of the newest: to the highest seen) came or is listed in an
  // outbox.dropped, and none beyond it came; no (source, id) came with two payloads.
  [[nodiscard]] std::vector<std::string> problems() const;
  [[nodiscard]] std::size_t epochs() const { return epochs_.size(); }
  [[nodiscard]] std::size_t events() const { return payload_of_.size(); }
  [[nodiscard]] std::size_t duplicates() const { return duplicates_; }
  // How many numbers outbox.dropped events list for a reason, and how many of all that are listed came nevertheless.
  [[nodiscard]] std::size_t listed(const std::string& reason) const;
  [[nodiscard]] std::size_t listed_and_seen() const;
  // What the successor of an epoch says was committed; 0 when it has none.
  [[nodiscard]] std::uint64_t committed(const std::string& epoch) const;

 private:
  struct Epoch {
    std::set<std::uint64_t> seen, dropped;
    json started;  // data of its epoch.started
  };
  void take(const std::string& payload, const json& event);
  void check_epoch(const std::string& name, const Epoch& epoch, std::vector<std::string>& out) const;
  void check_chain(std::vector<std::string>& out) const;

  std::map<std::string, Epoch> epochs_;
  std::map<std::string, std::string> payload_of_;        // by source and id
  std::map<std::string, std::uint64_t> last_committed_;  // by epoch, as its successor says
  std::map<std::string, std::size_t> listed_;            // by reason
  std::vector<std::string> trouble_;
  std::size_t duplicates_ = 0;
};

}  // namespace aisle::e2e
