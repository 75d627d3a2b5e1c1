// A broker's side played by the test: records what the session asks for and answers when told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/transport.hpp"

namespace aisle::fakes {

class FakeTransport final : public sync::Transport {
 public:
  struct Publish {
    std::uint64_t token = 0;
    sync::OutMessage message;
  };

  void set_listener(sync::TransportListener* listener) override { listener_ = listener; }
  void connect(const std::optional<sync::Will>& will) override {
    ++connects;
    connecting = true;
    last_will = will;
  }
  void disconnect() override { ++disconnects; }
  void subscribe(std::vector<std::string> topics) override { subscriptions.push_back(std::move(topics)); }
  void publish(std::uint64_t token, sync::OutMessage message) override {
    if (connected) unanswered.push_back({token, message});
    published.push_back({token, std::move(message)});
  }

  // The broker's moves, on the loop's thread and outside any call of the session.
  void accept(std::uint16_t receive_maximum = 65535) {
    connecting = false;
    connected = true;
    unanswered.clear();
    listener_->on_connected({receive_maximum});
  }
  void grant(bool granted = true) {
    std::vector<std::pair<std::string, bool>> answer;
    for (const auto& topic : subscriptions.back()) answer.emplace_back(topic, granted);
    listener_->on_subscribed(answer);
  }
  void end(const std::string& state = "lost") {
    connecting = false;
    connected = false;
    unanswered.clear();
    listener_->on_disconnected({state, "by the test"});
  }
  // As a broker that gives our session to another and does not say so.
  void close_without_a_word() {
    connected = false;
    unanswered.clear();
    listener_->on_disconnected({"lost", "by the test", true});
  }
  // Answers the n-th unanswered publish.
  void acknowledge(std::size_t n = 0, int reason = 0) {
    const Publish answered = unanswered.at(n);
    unanswered.erase(unanswered.begin() + static_cast<std::ptrdiff_t>(n));
    listener_->on_acknowledged(answered.token, reason);
  }
  void acknowledge_all() {
    while (!unanswered.empty()) acknowledge();
  }
  void deliver(const std::string& topic, const std::string& payload, bool retain = false) {
    listener_->on_message({topic, payload, retain});
  }

  // Messages whose topic contains `part`, oldest first.
  [[nodiscard]] std::vector<sync::OutMessage> sent(const std::string& part) const {
    std::vector<sync::OutMessage> found;
    for (const auto& publish : published) {
      if (publish.message.topic.find(part) != std::string::npos) found.push_back(publish.message);
    }
    return found;
  }

  int connects = 0, disconnects = 0;
  bool connecting = false, connected = false;
  std::optional<sync::Will> last_will;
  std::vector<std::vector<std::string>> subscriptions;
  std::vector<Publish> published;   // ever
  std::vector<Publish> unanswered;  // of this connection

 private:
  sync::TransportListener* listener_ = nullptr;
};

}  // namespace aisle::fakes
