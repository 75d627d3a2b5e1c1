// One connection to the broker, to see whether it lets us in.
#pragma once

#include <string>

#include "agent/base/result.hpp"
#include "sync/mqtt/transport.hpp"

namespace aisle::provision {

// Connects, subscribes to `topic`, says goodbye. `options.client_id` must not be one that is in use: the broker would
// end the other's connection. The broker that let us in, as "host:port"; error: why it does not. Blocks for half a
// minute at most.
[[nodiscard]] Result<std::string> try_connection(sync::MosquittoOptions options, const std::string& topic);

}  // namespace aisle::provision
