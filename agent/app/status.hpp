// Counters as JSON, the same from the daemon and from the CLI.
#pragma once

#include "agent/model/event.hpp"
#include "agent/store/store.hpp"

namespace aisle::app {

[[nodiscard]] Json outbox_json(const store::OutboxStatus& status);

}  // namespace aisle::app
