// The transport of one process: hands everything to the broker, and its answers to the core's loop.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/transport.hpp"
#include "tests/sim/broker.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/ledger.hpp"

namespace aisle::sim {

class SimTransport final : public sync::Transport {
 public:
  // `hides_refusals`: a planted fault, a refusal is passed on as an acknowledgement.
  SimTransport(Broker& broker, Loop& loop, const Disk& disk, Ledger& ledger, bool hides_refusals)
      : broker_(broker), loop_(loop), disk_(disk), ledger_(ledger), hides_refusals_(hides_refusals) {}
  SimTransport(const SimTransport&) = delete;
  SimTransport& operator=(const SimTransport&) = delete;
  ~SimTransport() override { broker_.leave(*this); }

  void set_listener(sync::TransportListener* listener) override { listener_ = listener; }
  void connect(const std::optional<sync::Will>& /*will*/) override {
    if (!disk_.dead()) broker_.connect(*this);
  }
  void disconnect() override {
    if (!disk_.dead()) broker_.disconnect();
  }
  void subscribe(std::vector<std::string> topics) override {
    if (!disk_.dead()) broker_.subscribe(topics);
  }
  void publish(std::uint64_t token, sync::OutMessage message) override {
    if (disk_.dead()) return;
    if (message.topic.find("/evt/") != std::string::npos) {
      const auto [epoch, sequence] = key_of(message.payload);
      ledger_.published(epoch, sequence);
    }
    broker_.publish(token, std::move(message));
  }

  // From the broker: on the core's loop, never from inside a call.
  void tell(std::function<void(sync::TransportListener&)> news) {
    loop_.post([this, news = std::move(news)] {
      if (listener_ != nullptr) news(*listener_);
    });
  }
  [[nodiscard]] int as_passed_on(int reason) const { return hides_refusals_ && reason >= 0x80 ? 0 : reason; }

 private:
  Broker& broker_;
  Loop& loop_;
  const Disk& disk_;
  Ledger& ledger_;
  bool hides_refusals_;
  sync::TransportListener* listener_ = nullptr;
};

}  // namespace aisle::sim
