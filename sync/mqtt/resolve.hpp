// From a host name to what is handed to libmosquitto.
#pragma once

#include <netdb.h>

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "agent/base/time.hpp"
#include "sync/core/transport.hpp"

namespace aisle::sync {

struct Target {
  std::string host;  // a numeric address, or the name itself where TLS must check it
  std::string bind;  // "", or the wildcard of the address family that answers
};

struct TargetQuery {
  std::string host;
  std::uint16_t port = 0;
  bool keep_name = false;         // TLS checks the name
  milliseconds timeout{0};        // of all probes together
  std::function<bool()> give_up;  // asked twenty times a second while probing
};

// Blocks: getaddrinfo takes as long as the system's resolver is told to. A name with several addresses (localhost is
// ::1 and 127.0.0.1) is probed by plain TCP connects, because the library's non-blocking connect tries only the first.
// Error: "dns", "refused" or "unreachable".
[[nodiscard]] tl::expected<Target, Disconnected> find_target(const TargetQuery& query);

// Whether every address of the name refuses a connection at once, as one of this machine does.
[[nodiscard]] bool nobody_listens(const std::string& host, std::uint16_t port);

// "192.0.2.1"; "" when the system cannot write it.
[[nodiscard]] std::string numeric(const addrinfo& address);

}  // namespace aisle::sync
