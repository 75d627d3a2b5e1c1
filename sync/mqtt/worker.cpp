#include "sync/mqtt/worker.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>

#include "sync/core/states.hpp"
#include "sync/mqtt/reasons.hpp"

namespace aisle::sync {
namespace {

constexpr milliseconds kAnswerPatience(1000);  // for what is unacknowledged when we leave
constexpr milliseconds kGoodbyePatience(500);  // for the DISCONNECT to get out
constexpr int kHousekeeping = 500;             // ms; keep-alive and deadlines are looked at this often
constexpr int kCongestedWait = 20;             // ms

}  // namespace

void MqttWorker::run() {
  // OpenSSL writes without MSG_NOSIGNAL: a broken TLS connection must be an error, not the end of the process.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  while (!shared_.quitting()) {
    if (next_) {
      const ConnectCommand command = *std::exchange(next_, std::nullopt);
      attempt(command.will);
      continue;
    }
    pollfd wake{shared_.wake_fd(), POLLIN, 0};
    poll(&wake, 1, -1);
    handle_commands();
  }
}

void MqttWorker::attempt(const std::optional<Will>& will) {
  leaving_ = false;
  std::optional<Disconnected> why;
  bool connected = false;
  for (std::size_t tried = 0; tried < nodes_.size() && !connected && !leaving_; ++tried) {
    connected = attempt_node(will, why);
    if (shared_.quitting()) return;
    if (!leaving_) nodes_.advance();
  }
  shared_.post([ended = why.value_or(Disconnected{state::kLost, ""})](TransportListener& listener) {
    listener.on_disconnected(ended);
  });
}

bool MqttWorker::attempt_node(const std::optional<Will>& will, std::optional<Disconnected>& why) {
  options_.host = nodes_.current().host;
  options_.port = nodes_.current().port;
  options_.subscribe_qos = subscribe_qos_.current();
  connect_deadline_ = Clock::now() + options_.connect_timeout;
  TargetQuery query{options_.host, options_.port, options_.tls.enabled, options_.connect_timeout,
                    [this] { return interrupted(); }};
  const auto target = find_target(query);
  if (shared_.quitting()) return false;
  if (!target) {
    why = target.error();
    return false;
  }
  ConnectionObserver& observer = *this;
  connection_.emplace(options_, pins_, observer);
  connection_->begin(*target, will);
  drive();
  why = connection_->why();
  const bool connected = connection_->established();
  learn_from(*connection_);
  connection_.reset();
  return connected;
}

void MqttWorker::learn_from(const Connection& ended) {
  const auto answered = ended.subscriptions_answered();
  if (!answered || leaving_) return;
  const int before = subscribe_qos_.current();
  subscribe_qos_.ended(*answered);
  if (subscribe_qos_.current() < before)
    log_.warning("the broker ends connections that subscribe; the next ones subscribe with QoS 0");
}

void MqttWorker::drive() {
  while (!connection_->why() && !shared_.quitting()) {
    step();
    handle_commands();
    if (!connection_->why()) keep_deadlines();
  }
}

void MqttWorker::step() {
  const bool congested = shared_.congested();
  short wanted = congested ? short{0} : short{POLLIN};
  if (connection_->wants_write()) wanted = static_cast<short>(wanted | POLLOUT);
  std::array<pollfd, 2> fds = {pollfd{shared_.wake_fd(), POLLIN, 0}, pollfd{connection_->socket(), wanted, 0}};
  const int ready = poll(fds.data(), fds.size(), congested || leaving_ ? kCongestedWait : until_housekeeping());
  connection_->proceed(ready > 0 ? fds[1].revents : 0);
  if (!connection_->why()) connection_->keep_alive(!congested);
}

// Milliseconds; sooner when the broker's silence becomes too long before.
int MqttWorker::until_housekeeping() const {
  const auto silent = connection_->silent_until();
  if (!silent) return kHousekeeping;
  const auto left = std::chrono::ceil<milliseconds>(*silent - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, kHousekeeping));
}

void MqttWorker::keep_deadlines() {
  const auto now = Clock::now();
  if (leaving_ && (!connection_->established() || connection_->unanswered() == 0 || now >= leave_deadline_)) {
    if (!connection_->established() || now >= leave_deadline_ + kGoodbyePatience) {
      connection_->give_up({state::kClosed, "on request"});
    } else {
      connection_->say_goodbye();
    }
  }
  if (!connection_->established() && now >= connect_deadline_) {
    connection_->give_up(no_answer(options_.host, options_.port, options_.connect_timeout));
  }
}

bool MqttWorker::interrupted() {
  handle_commands();
  return leaving_ || shared_.quitting();
}

void MqttWorker::handle_commands() {
  for (Command& command : shared_.take_commands()) handle(std::move(command));
}

// Commands for a connection that is over are dropped: the core learns of its end and begins anew.
void MqttWorker::handle(Command command) {
  if (auto* connect = std::get_if<ConnectCommand>(&command)) {
    next_ = std::move(*connect);
    return;
  }
  if (std::holds_alternative<DisconnectCommand>(command)) {
    if (next_) {  // asked for and taken back before it began
      next_.reset();
      shared_.post([](TransportListener& listener) { listener.on_disconnected({state::kClosed, "on request"}); });
    } else if (!leaving_) {
      leaving_ = true;
      leave_deadline_ = Clock::now() + kAnswerPatience;
    }
    return;
  }
  if (!connection_ || connection_->why() || !connection_->established()) return;
  if (auto* publish = std::get_if<PublishCommand>(&command)) connection_->publish(publish->token, publish->message);
  if (auto* subscribe = std::get_if<SubscribeCommand>(&command)) connection_->subscribe(std::move(subscribe->topics));
}

void MqttWorker::connected(const Connected& connected) {
  shared_.post([receive_maximum = connected.receive_maximum,
                broker = fmt::format("{}:{}", options_.host, options_.port)](TransportListener& listener) {
    listener.on_connected({receive_maximum, broker});
  });
}

void MqttWorker::acknowledged(std::uint64_t token, int reason) {
  shared_.post([token, reason](TransportListener& listener) { listener.on_acknowledged(token, reason); });
}

void MqttWorker::received(InMessage message) {
  constexpr std::size_t kOverhead = 512;  // of a posted message, so that empty ones count too
  const std::size_t bytes = message.payload.size() + message.topic.size() + kOverhead;
  shared_.post([message = std::move(message)](TransportListener& listener) { listener.on_message(message); }, bytes);
}

void MqttWorker::subscribed(std::vector<std::pair<std::string, bool>> granted) {
  shared_.post([granted = std::move(granted)](TransportListener& listener) { listener.on_subscribed(granted); });
}

}  // namespace aisle::sync
