// An event as the core makes it, before the outbox gives it epoch, sequence and envelope.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "agent/base/time.hpp"

namespace aisle {

// Ordered, so that the same event is the same bytes.
using Json = nlohmann::ordered_json;

// Ledger events are on disk before anything outside sees their effect; presence events may wait for a group commit.
enum class EventClass { ledger, presence };

struct Event {
  std::string type;    // "{family}.{name}", as "zone.entered"
  UnixTime time{};     // when it happened
  UnixTime noticed{};  // when it was known, on the same clock: a silence is known only when it has lasted
  std::optional<std::string> customer;  // the partition key
  Json data = Json::object();
  EventClass durability = EventClass::presence;
  bool time_estimated = false;  // the clock was never known good
};

}  // namespace aisle
