// One connection attempt and what becomes of it: one libmosquitto client, used by the MQTT thread only, never twice.
// Internal to sync/mqtt.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/mqtt/resolve.hpp"
#include "sync/mqtt/tls_context.hpp"
#include "sync/mqtt/transport.hpp"

struct mosquitto;

namespace aisle::sync {

// What a connection reports, from inside its calls.
class ConnectionObserver {
 public:
  virtual ~ConnectionObserver() = default;
  virtual void connected(const Connected& connected) = 0;
  virtual void acknowledged(std::uint64_t token, int reason) = 0;
  virtual void received(InMessage message) = 0;
  virtual void subscribed(std::vector<std::pair<std::string, bool>> granted) = 0;
};

class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  Connection(const MosquittoOptions& options, PinGuard& pins, ConnectionObserver& observer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins to connect, without waiting; `why` tells when that failed already.
  void begin(const Target& target, const std::optional<Will>& will);
  [[nodiscard]] bool established() const { return established_; }
  // When the broker must have been heard; after that `keep_alive` ends the connection. Empty: it need not.
  [[nodiscard]] std::optional<Clock::time_point> silent_until() const;
  // Ends a connection on which nothing came for one and a half keep-alives, though the library has asked (PINGREQ)
  // after one: the other end is gone and no TCP packet says so. `listening`: false while nothing is read, which proves
  // nothing.
  void keep_alive(bool listening);
  // Set once it is over; nothing is called after that.
  [[nodiscard]] const std::optional<Disconnected>& why() const { return why_; }
  void give_up(Disconnected why);

  [[nodiscard]] int socket() const;
  [[nodiscard]] bool wants_write() const;
  // `poll_events`: what poll said about the socket; 0 on a timeout.
  void proceed(int poll_events);

  void publish(std::uint64_t token, const OutMessage& message);
  void subscribe(std::vector<std::string> topics);
  void say_goodbye();
  // QoS 1 publishes that the broker has not answered.
  [[nodiscard]] std::size_t unanswered() const { return tokens_.size(); }
  // Whether what was subscribed has been answered; nothing before the first `subscribe`.
  [[nodiscard]] std::optional<bool> subscriptions_answered() const { return answered_; }

  // What the library's callbacks call.
  // `keepalive`: the one in force, in seconds; the broker may have changed ours (MQTT 5).
  void on_connack(int code, std::uint16_t receive_maximum, std::optional<std::uint16_t> keepalive);
  void on_disconnect(int code);
  void on_puback(int packet_id, int reason);
  void on_message(InMessage message) { observer_.received(std::move(message)); }
  void on_suback(int packet_id, const std::vector<bool>& granted);
  void on_log_error(std::string line) { last_error_ = std::move(line); }

 private:
  struct Destroy {
    void operator()(mosquitto* client) const;
  };
  [[nodiscard]] std::optional<Disconnected> set_up(const std::optional<Will>& will);
  [[nodiscard]] std::optional<Disconnected> set_up_login();
  [[nodiscard]] std::optional<Disconnected> set_up_tls();
  void set_callbacks();
  void store_connect_properties(const Target& target);
  [[nodiscard]] bool tcp_established(int poll_events);
  void check(int mosq_error);
  [[nodiscard]] Disconnected explain(int mosq_error) const;
  void subscribe_packet(std::vector<std::string> topics);
  void answered(std::vector<std::pair<std::string, bool>> granted);

  const MosquittoOptions& options_;
  PinGuard& pins_;
  ConnectionObserver& observer_;
  std::unique_ptr<TlsContext> tls_;  // outlives the client
  std::unique_ptr<mosquitto, Destroy> client_;
  bool tcp_pending_ = true, refused_early_ = false;
  bool established_ = false;
  bool leaving_ = false;
  std::optional<Disconnected> refused_;  // what the broker said before the end
  std::optional<Disconnected> why_;
  std::map<int, std::uint64_t> tokens_;                    // by packet id
  std::map<int, std::vector<std::string>> subscriptions_;  // by packet id
  std::optional<bool> answered_;
  std::size_t subscribing_ = 0;                        // topics that are not answered
  std::vector<std::pair<std::string, bool>> granted_;  // of those that are, until all are
  std::string last_error_;
  seconds keepalive_;  // 0: none
  Clock::time_point heard_;
};

}  // namespace aisle::sync
