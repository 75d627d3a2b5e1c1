// The `data` members of the events that the pipeline makes, as the contract names them.
#pragma once

#include <optional>
#include <string>

#include "agent/model/event.hpp"
#include "agent/offers/offers.hpp"
#include "agent/presence/presence.hpp"

namespace aisle::pipeline {

[[nodiscard]] Event visit_started(const presence::Visit& visit);
[[nodiscard]] Event visit_ended(const presence::Visit& visit, presence::EndReason reason, Stamp at);
// `name` is "entered", "dwelled" or "exited"; `dwell` only for the latter two.
[[nodiscard]] Event zone_event(std::string_view name, const presence::Visit& visit, const presence::Stay& stay,
                               std::optional<Duration> dwell, UnixTime at);
[[nodiscard]] Event coverage_changed(std::string_view zone, presence::Coverage coverage, UnixTime at);

struct DecidedOffer {
  const presence::Visit& visit;
  const presence::Stay& stay;
  const Customer& customer;
  const offers::Decision& decision;  // decision.offer is set
  Trigger trigger;
  std::string decision_id;
  UnixTime at;
  std::optional<Duration> latency;  // from the advert's arrival to the decision, only in a running daemon
};
[[nodiscard]] Event offer_decided(const DecidedOffer& decided);

// 16 hex digits, unique per stay and trigger, the same in every run over the same recording.
[[nodiscard]] std::string decision_id(const presence::Visit& visit, const presence::Stay& stay, Trigger trigger);

[[nodiscard]] std::string_view to_string(Trigger trigger);

}  // namespace aisle::pipeline
