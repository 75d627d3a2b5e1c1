// What a consumer knows of the feed: duplicates and gaps by (source, epoch), counts by type. The check that nothing is
// lost.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/model/event.hpp"

namespace aisle::cloud {

class FeedLog {
 public:
  enum class Seen { fresh, duplicate, altered, malformed };
  // `payload` is the message as received; `event` the same, parsed. `altered`: a known (source, id) with other bytes.
  Seen take(const nlohmann::json& event, const std::string& payload);

  // Sequence numbers that neither came nor are listed in an outbox.dropped, of epochs whose first event was seen.
  [[nodiscard]] std::uint64_t missing() const;
  [[nodiscard]] Json summary() const;

 private:
  struct Epoch {
    std::map<std::uint64_t, std::size_t> seen;  // sequence -> hash of the payload
    std::set<std::uint64_t> dropped;
  };
  void take_dropped(const std::string& source, const nlohmann::json& data);

  std::map<std::string, Epoch> epochs_;  // by source and epoch
  std::map<std::string, std::uint64_t> by_type_;
  std::set<std::string> customers_;
  std::uint64_t duplicates_ = 0, altered_ = 0, malformed_ = 0, events_ = 0;
  std::vector<std::int64_t> latencies_us_;
};

}  // namespace aisle::cloud
