// What the core and the MQTT thread share; it lives as long as either. Internal to sync/mqtt.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent/base/fd.hpp"
#include "agent/base/loop.hpp"
#include "sync/core/transport.hpp"

namespace aisle::sync {

struct ConnectCommand {
  std::optional<Will> will;
};
struct DisconnectCommand {};
struct SubscribeCommand {
  std::vector<std::string> topics;
};
struct PublishCommand {
  std::uint64_t token = 0;
  OutMessage message;
};
using Command = std::variant<ConnectCommand, DisconnectCommand, SubscribeCommand, PublishCommand>;

struct MqttShared : std::enable_shared_from_this<MqttShared> {
  explicit MqttShared(Loop& core);

  // Core to thread.
  void send(Command command);
  void request_quit();
  // False when the thread has not ended by then; from then on it can post nothing.
  bool wait_ended(Duration timeout);

  // Thread to core; dropped when the transport is gone. `bytes` count as pending until it has run.
  void post(std::function<void(TransportListener&)> call, std::size_t bytes = 0);
  std::deque<Command> take_commands();
  [[nodiscard]] bool quitting() const { return quit_; }
  // True when the core has stopped following: the thread should not read more from the broker for now.
  [[nodiscard]] bool congested() const { return pending_bytes_ > kMaxPendingBytes; }
  void ended();
  [[nodiscard]] int wake_fd() const { return wake_.get(); }

  TransportListener* listener = nullptr;  // core only

 private:
  static constexpr std::size_t kMaxPendingBytes = std::size_t{16} << 20U;

  void wake() const;

  Fd wake_;
  std::atomic<bool> quit_{false};
  std::atomic<std::size_t> pending_bytes_{0};
  std::mutex mutex_;
  std::condition_variable ended_changed_;
  std::deque<Command> commands_;
  Loop* core_;  // null once the transport is gone
  bool ended_ = false;
};

}  // namespace aisle::sync
