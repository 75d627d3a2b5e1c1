// The MQTT thread: waits for commands, drives one connection at a time. Internal to sync/mqtt.
#pragma once

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "sync/mqtt/connection.hpp"
#include "sync/mqtt/node_turns.hpp"
#include "sync/mqtt/shared.hpp"
#include "sync/mqtt/subscribe_qos.hpp"

namespace aisle::sync {

class MqttWorker final : private ConnectionObserver {
 public:
  MqttWorker(MqttShared& shared, const MosquittoOptions& options, const Log& log)
      : shared_(shared), options_(options), nodes_(options), subscribe_qos_(options.subscribe_qos), log_(log) {}
  // Until the core asks to quit.
  void run();

 private:
  using Clock = std::chrono::steady_clock;

  void attempt(const std::optional<Will>& will);
  // One node; true when there was a connection.
  bool attempt_node(const std::optional<Will>& will, std::optional<Disconnected>& why);
  void learn_from(const Connection& ended);
  void drive();
  void step();
  [[nodiscard]] int until_housekeeping() const;
  void handle_commands();
  void handle(Command command);
  void keep_deadlines();
  [[nodiscard]] bool interrupted();

  void connected(const Connected& connected) override;
  void acknowledged(std::uint64_t token, int reason) override;
  void received(InMessage message) override;
  void subscribed(std::vector<std::pair<std::string, bool>> granted) override;

  MqttShared& shared_;
  MosquittoOptions options_;  // host, port and subscribe_qos: those of this attempt
  NodeTurns nodes_;
  SubscribeQos subscribe_qos_;
  Log log_;
  PinGuard pins_;
  std::optional<Connection> connection_;
  std::optional<ConnectCommand> next_;  // asked for, not begun
  Clock::time_point connect_deadline_;
  bool leaving_ = false;  // the core asked to disconnect
  Clock::time_point leave_deadline_;
};

}  // namespace aisle::sync
