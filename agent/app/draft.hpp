// Events that wait for the time: what is kept of one, and how it becomes what is published.
#pragma once

#include <optional>
#include <string>

#include "agent/app/time_keeper.hpp"
#include "agent/model/event.hpp"
#include "agent/store/store.hpp"

namespace aisle::app {

// The event as text. Its times are of our clock at `booted`, so an elapsed boot clock each.
[[nodiscard]] std::string draft_body(const Event& event, UnixTime recorded);

struct Settled {
  Event event;
  UnixTime recorded;
};
// Moves every time in it by `shift`. Error: not a draft.
[[nodiscard]] Result<Settled> settle_draft(const std::string& body, Duration shift);

}  // namespace aisle::app
