// Transports against a real broker. The core loop runs on a thread of its own; the test waits on it with deadlines.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sync/mqtt/library.hpp"
#include "sync/mqtt/transport.hpp"
#include "tests/fakes/mosquitto_broker.hpp"

namespace aisle::sync {

[[nodiscard]] inline OutMessage out(std::string topic, std::string payload, bool retain = false) {
  OutMessage message;
  message.topic = std::move(topic);
  message.payload = std::move(payload);
  message.retain = retain;
  return message;
}

// A client of the broker that keeps what it is told. Made, used and destroyed on the loop.
class Client final : public TransportListener {
 public:
  Client(MosquittoOptions options, Loop& loop, const Log& log) : transport(std::move(options), loop, log) {
    transport.set_listener(this);
  }
  void on_connected(const Connected& now) override {
    connected = true;
    receive_maximum = now.receive_maximum;
    broker = now.broker;
  }
  void on_disconnected(const Disconnected& why) override {
    connected = false;
    ends.push_back(why);
  }
  void on_acknowledged(std::uint64_t token, int reason) override { acknowledged.emplace_back(token, reason); }
  void on_message(const InMessage& message) override { messages.push_back(message); }
  void on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) override { grants.push_back(granted); }

  MosquittoTransport transport;
  bool connected = false;
  std::uint16_t receive_maximum = 0;
  std::string broker;
  std::vector<Disconnected> ends;
  std::vector<std::pair<std::uint64_t, int>> acknowledged;
  std::vector<InMessage> messages;
  std::vector<std::vector<std::pair<std::string, bool>>> grants;
};

class MqttTest : public ::testing::Test {
 protected:
  // Runs `work` on the loop and waits for it.
  void on_loop(const std::function<void()>& work) {
    std::promise<void> done;
    auto finished = done.get_future();
    core.loop().post([&] {
      work();
      done.set_value();
    });
    finished.wait();
  }
  // Looks on the loop every few milliseconds until `holds`; false at the deadline.
  bool eventually(std::function<bool()> holds, seconds deadline = seconds(20)) {
    auto done = std::make_shared<std::promise<bool>>();
    auto result = done->get_future();
    core.loop().post(
        [this, holds = std::move(holds), until = clock.steady() + deadline, done] { look(holds, until, done); });
    return result.get();
  }
  std::shared_ptr<Client> client(MosquittoOptions options) {
    std::shared_ptr<Client> made;
    on_loop([&] { made = std::make_shared<Client>(std::move(options), core.loop(), log); });
    clients.push_back(made);
    return made;
  }
  static MosquittoOptions options(const fakes::MosquittoBroker& broker, const std::string& id, int protocol = 5) {
    MosquittoOptions out;
    out.port = broker.port();
    out.client_id = id;
    out.protocol = protocol;
    return out;
  }
  // Connected, and subscribed when there are topics.
  std::shared_ptr<Client> connected_client(const MosquittoOptions& with, std::vector<std::string> topics = {}) {
    auto made = client(with);
    on_loop([&] { made->transport.connect(std::nullopt); });
    EXPECT_TRUE(eventually([made] { return made->connected; })) << with.client_id;
    if (!topics.empty()) {
      on_loop([&] { made->transport.subscribe(std::move(topics)); });
      EXPECT_TRUE(eventually([made] { return !made->grants.empty(); })) << with.client_id;
    }
    return made;
  }
  std::string password_file(const fakes::MosquittoBroker& broker, const std::string& password) {
    const std::string path = broker.directory() + "/secret-" + std::to_string(++files_);
    std::ofstream(path) << password << "\n";
    return path;
  }
  // Why the first attempt of a client with these options ended.
  Disconnected attempt(const MosquittoOptions& with) {
    auto made = client(with);
    on_loop([&] { made->transport.connect(std::nullopt); });
    EXPECT_TRUE(eventually([made] { return !made->ends.empty(); }));
    return made->ends.empty() ? Disconnected{} : made->ends[0];
  }
  void TearDown() override {
    on_loop([&] { clients.clear(); });
  }

  MosquittoLibrary library;
  SystemClock clock;
  Log log{LogLevel::error};
  LoopThread core{clock, "core"};
  std::vector<std::shared_ptr<Client>> clients;

 private:
  void look(const std::function<bool()>& holds, SteadyTime until, const std::shared_ptr<std::promise<bool>>& done) {
    if (holds()) return done->set_value(true);
    if (clock.steady() > until) return done->set_value(false);
    core.loop().after(milliseconds(2), [this, holds, until, done] { look(holds, until, done); });
  }
  int files_ = 0;
};

}  // namespace aisle::sync
