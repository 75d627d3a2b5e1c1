// The way to the broker, step by step: name, TCP, TLS, certificates, login, rights.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/doctor/daemon.hpp"
#include "config/config.hpp"
#include "sync/mqtt/probe.hpp"

namespace aisle::doctor {

// One broker, or one node of a cluster. A step that was not reached has neither result nor trouble.
struct NodeFacts {
  std::string host;
  std::uint16_t port = 0;
  std::vector<std::string> addresses;
  std::string address;                         // that accepted a connection
  std::optional<sync::Disconnected> dns, tcp;  // what went wrong
  std::optional<sync::TlsSeen> tls;
};

// An MQTT connection of our own, beside the daemon's.
struct LoginFacts {
  std::string client_id;
  std::string skipped;  // why it was not tried
  bool connected = false;
  std::optional<sync::Disconnected> why;              // it failed, or ended
  std::vector<std::pair<std::string, bool>> granted;  // subscriptions, as answered
  bool subscribed = false;                            // they were answered
  std::string published;                              // the topic tried
  std::optional<int> reason;                          // the broker's answer
};

struct BrokerFacts {
  bool configured = false;
  bool tls = false, with_certificate = false;
  bool hidden = false;  // a credential that systemd hands to the unit only
  int protocol = 5;
  std::vector<NodeFacts> nodes;
  std::optional<sync::OwnCertificate> own;
  std::string own_trouble;
  LoginFacts login;
  // The daemon's word.
  bool daemon_online = false;
  std::string daemon_state, daemon_detail;
  std::uint64_t refused = 0;  // events that the broker refused it since its start
};

// `for_another`: root asks for the daemon's user, and loads no library that this user may have named.
[[nodiscard]] BrokerFacts gather_broker(const config::Config& config, const DaemonFacts& daemon, bool for_another);
// "broker.dns", "tcp", "tls", "certificate", "own_certificate", "login", "subscribe" and "publish".
void judge_broker(const BrokerFacts& facts, const Tell& tell);

}  // namespace aisle::doctor
