// Bounds what one TLS connection of a server may send, and how long it may last. The HTTP library bounds a body, and
// the time between two bytes, but neither the lines before the body nor the whole.
#pragma once

#include <cstdint>

#include "agent/base/time.hpp"

struct ssl_ctx_st;

namespace aisle::cloud {

struct ConnectionBound {
  const Clock& clock;
  std::uint64_t bytes;  // received, as TLS counts them
  Duration life;
};
// Connections of `context` that go over it are shut down; looked at with everything that comes in, from the head of the
// first record on. `bound` must outlive the context and its connections.
void bound_connections(ssl_ctx_st* context, ConnectionBound& bound);

}  // namespace aisle::cloud
