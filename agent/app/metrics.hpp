// The counters as Prometheus reads them: text format 0.0.4 (prometheus.io, "Exposition formats"). Names are part of
// what users rely on: "aisle_", a unit where there is one, "_total" for what only rises. No label carries an address, a
// key, a token or a customer.
#pragma once

#include <string>

#include "agent/model/event.hpp"

namespace aisle::app {

// Of a status as the control socket answers it, and of an outbox status; what is missing there is left out.
[[nodiscard]] std::string metrics_text(const Json& status, const Json& outbox);

}  // namespace aisle::app
