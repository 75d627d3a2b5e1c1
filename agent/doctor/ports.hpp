// TCP ports of this machine: the local broker's, and the one that the local HTTP API is to have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/doctor/finding.hpp"
#include "agent/doctor/tree.hpp"

namespace aisle::doctor {

struct Listener {
  std::uint16_t port = 0;
  std::uint64_t inode = 0;
  std::string program;  // empty: not to be seen without root
};
struct PortFacts {
  std::vector<Listener> listeners;
  std::vector<std::uint16_t> local_brokers;  // ports of [sync] host on loopback
  bool configured = true;                    // there is a configuration to tell them
  std::uint16_t http = 8480;                 // where the local HTTP API is to be
};

[[nodiscard]] std::vector<Listener> gather_listeners(const Tree& tree);
// "ports.broker", "ports.http".
[[nodiscard]] Finding judge_broker_port(const PortFacts& facts);
[[nodiscard]] Finding judge_http_port(const PortFacts& facts);

}  // namespace aisle::doctor
