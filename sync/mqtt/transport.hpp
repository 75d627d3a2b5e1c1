// MQTT through libmosquitto, driven by a thread of its own. Every attempt is a fresh client with a clean session, so
// that nothing of an old connection is ever resent by the library: the outbox is the queue.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "sync/core/transport.hpp"

namespace aisle::sync {

struct MosquittoTls {
  bool enabled = false;
  // Each a path or "credential:NAME" (agent/base/credential.hpp), read at every attempt.
  std::string ca;         // PEM; empty: the system's certificates
  std::string cert, key;  // PEM, the client's own certificate with its chain, and its key; empty: none
  // `key` may also be a PKCS#11 URI ("pkcs11:..."): the key stays on its token.
  std::string token_module;  // the token's library; empty: every module that p11-kit knows
  std::string pin_file;      // as above, its first line is the token's PIN; empty: no login
  std::string alpn;          // the protocol that is offered; empty: none
};

struct BrokerNode {
  std::string host;
  std::uint16_t port = 1883;
};

struct MosquittoOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  // The nodes of a cluster, instead of host and port. One attempt tries each in turn until one lets us in; it begins
  // with `first_node` (modulo their number), later ones with the node after the one that was lost.
  std::vector<BrokerNode> nodes{};
  std::size_t first_node = 0;
  std::string client_id;
  int protocol = 5;  // 5, or 3 for 3.1.1
  int subscribe_qos = 1;
  seconds keepalive{30};
  MosquittoTls tls;
  std::string username;                  // empty: none
  std::string password_file;             // path or "credential:NAME"; read at every attempt, its first line
  milliseconds connect_timeout{15'000};  // of a node: TCP, TLS and CONNACK together; name resolution has its own
};

struct MqttShared;

// Called on the core loop only. The states of `Disconnected` are those of sync/core/states.hpp; "closed" after
// `disconnect`.
class MosquittoTransport final : public Transport {
 public:
  MosquittoTransport(MosquittoOptions options, Loop& core, const Log& log);
  // Drops the connection (the broker publishes the will) unless `disconnect` was called before. Waits at most 2 s for
  // the thread; one that hangs in name resolution is left behind and touches nothing of ours any more.
  ~MosquittoTransport() override;
  MosquittoTransport(const MosquittoTransport&) = delete;
  MosquittoTransport& operator=(const MosquittoTransport&) = delete;

  void set_listener(TransportListener* listener) override;
  void connect(const std::optional<Will>& will) override;
  // Waits up to 1 s for what is unacknowledged before it says goodbye.
  void disconnect() override;
  void subscribe(std::vector<std::string> topics) override;
  void publish(std::uint64_t token, OutMessage message) override;

 private:
  std::shared_ptr<MqttShared> shared_;
  std::thread thread_;
};

}  // namespace aisle::sync
