// The network, the broker and the cloud behind it, as one script of what can go wrong with them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "sync/core/transport.hpp"
#include "tests/sim/cloud.hpp"
#include "tests/sim/consumer.hpp"
#include "tests/sim/scheduler.hpp"
#include "tests/sim/trace.hpp"

namespace aisle::sim {

class SimTransport;

class Broker {
 public:
  Broker(Scheduler& world, const Clock& clock, Random& random, Trace& trace, Consumer& consumer);

  // Faults, each for a while.
  void cut_link(Duration span);
  // Nothing passes and nobody says so; the keepalive notices after 45 s.
  void half_open(Duration span);
  // What was not acknowledged is lost, unless the consumer has it already; the consumer comes back later.
  void restart(Duration down, Duration consumer_absent);
  void be_busy(Duration span) { busy_until_ = clock_.steady() + span; }
  void refuse_next(unsigned events) { refuse_next_ = events; }
  // Events of one type end the connection; the answer may be lost.
  void hang_up(Duration span);
  void delay_acknowledgements(Duration span) { late_until_ = clock_.steady() + span; }
  // Then the connection ends, as it must: a client resends on a new connection only.
  void lose_acknowledgements(Duration span);
  void repeat_acknowledgements(Duration span) { repeat_until_ = clock_.steady() + span; }
  void mangle_sync(Duration span) { mangle_until_ = clock_.steady() + span; }
  // A second client with our id.
  void take_over() { drop("taken over"); }
  void heal();

  [[nodiscard]] CloudSet& cloud(Dataset dataset) { return clouds_.at(dataset); }
  // Pushes a delta to the store's topic; some get lost, until `heal`.
  void push(Dataset dataset, std::string delta);

  // The client's side.
  void connect(SimTransport& client);
  void disconnect();
  void leave(const SimTransport& client);
  void subscribe(const std::vector<std::string>& topics);
  void publish(std::uint64_t token, sync::OutMessage message);

 private:
  [[nodiscard]] bool before(SteadyTime until) const { return clock_.steady() < until; }
  [[nodiscard]] bool link_up() const { return !before(cut_until_) && !before(half_open_until_); }
  Duration latency();
  // `task` after `delay`, if the connection is still the same one.
  void on_connection(Duration delay, Task task);
  void drop(const std::string& state, bool wordless = false);
  [[nodiscard]] bool hung_up(std::uint64_t token, const std::string& topic);
  void arrive(std::uint64_t token, const sync::OutMessage& message);
  int verdict_on(const sync::OutMessage& message);
  void acknowledge(std::uint64_t token, int reason, const sync::OutMessage* taken);
  void tell_acknowledged(std::uint64_t token, int reason);
  void answer(Dataset dataset, const std::string& request);
  void deliver(Duration delay, std::string topic, std::string payload);

  Scheduler& world_;
  const Clock& clock_;
  Random& random_;
  Trace& trace_;
  Consumer& consumer_;
  std::map<Dataset, CloudSet> clouds_;

  SimTransport* client_ = nullptr;
  std::uint64_t connection_ = 0;  // counts attempts
  std::uint64_t life_ = 0;        // of the broker
  bool up_ = true, online_ = false, subscribed_ = false, healed_ = false;
  SteadyTime last_arrival_{}, last_delivery_{};
  SteadyTime cut_until_{}, half_open_until_{}, busy_until_{}, late_until_{}, lose_until_{}, repeat_until_{};
  SteadyTime mangle_until_{}, consumer_back_{};
  unsigned refuse_next_ = 0;
  SteadyTime hang_up_until_{};
  std::string hangs_up_on_;  // the end of a topic
  std::uint16_t receive_maximum_ = 65535;
};

}  // namespace aisle::sim
