// The consumer behind the broker: every event by (source, id), as a team that knows only the contract would keep them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "agent/base/time.hpp"

namespace aisle::sim {

class Consumer {
 public:
  void take(const std::string& topic, const std::string& payload, SteadyTime at);

  using Key = std::pair<std::string, std::uint64_t>;  // epoch and sequence
  struct Got {
    std::string type, payload;
    std::uint64_t times = 0;
    SteadyTime first{};
  };
  [[nodiscard]] const std::map<Key, Got>& events() const { return events_; }
  // What an outbox.dropped listed, by epoch: sequences.
  [[nodiscard]] bool listed(const std::string& epoch, std::uint64_t sequence) const;
  // previous_last_sequence by previous epoch, as its successor named it.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& closed() const { return closed_; }
  // The first thing that contradicted the contract; empty: nothing.
  [[nodiscard]] const std::string& broken() const { return broken_; }
  [[nodiscard]] std::uint64_t duplicates() const { return duplicates_; }
  [[nodiscard]] std::uint64_t listed_count() const { return listed_count_; }

 private:
  void breaks(std::string what) {
    if (broken_.empty()) broken_ = std::move(what);
  }
  std::map<Key, Got> events_;
  std::map<std::string, std::set<std::uint64_t>> listed_;
  std::map<std::string, std::uint64_t> closed_;
  std::set<std::string> coupons_;  // each is given once
  std::string broken_;
  std::uint64_t duplicates_ = 0, listed_count_ = 0;
};

// Epoch and sequence of a CloudEvent's id; ("", 0) when it has none.
[[nodiscard]] Consumer::Key key_of(const std::string& payload);

}  // namespace aisle::sim
