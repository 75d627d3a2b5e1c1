#include "sync/mqtt/transport.hpp"

#include <mosquitto.h>
#include <sys/eventfd.h>

#include <chrono>
#include <utility>

#include "sync/mqtt/shared.hpp"
#include "sync/mqtt/worker.hpp"

namespace aisle::sync {

constexpr Duration kStopPatience = seconds(2);

MqttShared::MqttShared(Loop& core) : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), core_(&core) {}

void MqttShared::send(Command command) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = commands_.empty();
    commands_.push_back(std::move(command));
  }
  if (first) wake();
}

void MqttShared::request_quit() {
  quit_ = true;
  wake();
}

bool MqttShared::wait_ended(Duration timeout) {
  std::unique_lock lock(mutex_);
  const bool in_time = ended_changed_.wait_for(lock, timeout, [this] { return ended_; });
  core_ = nullptr;
  return in_time;
}

void MqttShared::post(std::function<void(TransportListener&)> call, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (core_ == nullptr) return;
  pending_bytes_ += bytes;
  core_->post([self = shared_from_this(), call = std::move(call), bytes] {
    self->pending_bytes_ -= bytes;
    if (self->listener != nullptr) call(*self->listener);
  });
}

std::deque<Command> MqttShared::take_commands() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t drained = read(wake_.get(), &count, sizeof count);
  const std::lock_guard lock(mutex_);
  return std::exchange(commands_, {});
}

void MqttShared::ended() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  ended_changed_.notify_all();
}

void MqttShared::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
}

MosquittoTransport::MosquittoTransport(MosquittoOptions options, Loop& core, const Log& log)
    : shared_(std::make_shared<MqttShared>(core)) {
  // Counted by the library: a thread that is left behind keeps it from being torn down under its feet.
  mosquitto_lib_init();
  thread_ = std::thread([shared = shared_, options = std::move(options), log] {
    MqttWorker(*shared, options, log).run();
    shared->ended();
  });
}

MosquittoTransport::~MosquittoTransport() {
  shared_->listener = nullptr;
  shared_->request_quit();
  if (shared_->wait_ended(kStopPatience)) {
    thread_.join();
    mosquitto_lib_cleanup();
  } else {
    thread_.detach();
  }
}

void MosquittoTransport::set_listener(TransportListener* listener) {
  shared_->listener = listener;
}
void MosquittoTransport::connect(const std::optional<Will>& will) {
  shared_->send(ConnectCommand{will});
}
void MosquittoTransport::disconnect() {
  shared_->send(DisconnectCommand{});
}
void MosquittoTransport::subscribe(std::vector<std::string> topics) {
  shared_->send(SubscribeCommand{std::move(topics)});
}
void MosquittoTransport::publish(std::uint64_t token, OutMessage message) {
  shared_->send(PublishCommand{token, std::move(message)});
}

}  // namespace aisle::sync
