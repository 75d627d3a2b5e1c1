// Empties the outbox into the connection: strictly by outbox id, with a bounded window of unacknowledged publishes, and
// a bounded number of events in memory. At least once: an id is acknowledged to the store only when it and all before
// it were acknowledged by the broker (or went to the dead-letter table). On the core loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "agent/base/random.hpp"
#include "agent/store/store.hpp"
#include "sync/core/backoff.hpp"
#include "sync/core/transport.hpp"

namespace aisle::sync {

struct PumpOptions {
  std::string prefix, store, gateway;
  std::string epoch;  // of this start; events of another are marked as replayed
};

struct PumpCounters {
  std::uint64_t published = 0, acknowledged = 0, resent = 0, refused = 0;
};

// What the pump needs of the session.
class PumpPort {
 public:
  virtual ~PumpPort() = default;
  // Hands a message to the transport; returns the token under which it will be acknowledged.
  virtual std::uint64_t publish_event(OutMessage message) = 0;
  virtual void event_refused(const store::OutboxEvent& event, int reason) = 0;
};

class Pump {
 public:
  Pump(PumpOptions options, Loop& loop, Random& random, store::Store& store, PumpPort& port, const Log& log);
  ~Pump();
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  // `rows` wait in the store, the newest id ever given is `last_id`.
  void start(std::uint64_t rows, std::int64_t last_id);
  void on_committed(const std::vector<store::OutboxEvent>& events, std::int64_t first_id);
  void on_connected(std::size_t capacity);
  // How many publishes may be in flight from now on.
  void set_capacity(std::size_t capacity);
  void on_disconnected();
  // False when the token is not one of the pump's.
  bool on_acknowledged(std::uint64_t token, int reason);
  // The store no longer holds these ids: of them, what is not in flight is not sent.
  void forget(const std::vector<std::int64_t>& ids);
  // From now on sends only what is in memory.
  void stop_reading() { draining_ = true; }
  // Tells the store what was acknowledged, without waiting for company.
  void flush_acknowledgements();

  // Nothing in memory waits to be sent or acknowledged, and no more is on its way.
  [[nodiscard]] bool settled() const { return held_.empty() && (draining_ || !reading_); }
  // Nothing is left in the outbox either.
  [[nodiscard]] bool drained() const { return settled() && read_after_ >= newest_; }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
  // The highest outbox id that may be in the broker's hands: what is up to it must stay. 0: none.
  [[nodiscard]] std::int64_t highest_in_flight() const;
  [[nodiscard]] std::size_t held() const { return held_.size(); }
  [[nodiscard]] const PumpCounters& counters() const { return counters_; }

 private:
  struct Item {
    store::OutboxEvent event;
    bool live = false;    // came from a commit, not from a page of the backlog
    bool handed = false;  // was given to a transport before
    bool done = false;    // acknowledged, or a dead letter
    unsigned refusals = 0;
    SteadyTime sent{};
  };

  void hold(std::int64_t id, store::OutboxEvent event, bool live);
  void finish(Item& item);
  void fill();
  void send(std::int64_t id);
  void read_page();
  void on_page(Result<std::vector<store::OutboxRow>> page, std::int64_t newest_when_asked);
  void refuse(std::int64_t id, Item& item, int reason);
  void pause(Duration span);
  void advance();
  void cancel(TimerId& timer);

  PumpOptions options_;
  Loop& loop_;
  Random& random_;
  store::Store& store_;
  PumpPort& port_;
  const Log& log_;
  PumpCounters counters_;

  std::map<std::int64_t, Item> held_;  // read or live, not yet released as part of the acknowledged prefix
  std::size_t held_bytes_ = 0;
  std::set<std::int64_t> unsent_;                    // of held_: to be published, lowest first
  std::map<std::uint64_t, std::int64_t> in_flight_;  // token to id
  std::int64_t read_after_ = 0;                      // everything up to here was taken into held_
  std::int64_t newest_ = 0;                          // the newest id known to be committed
  std::int64_t acknowledged_through_ = 0;            // the acknowledged prefix
  std::size_t unflushed_ = 0;                        // acknowledged, not yet told to the store
  std::size_t capacity_ = 0;
  bool online_ = false;
  SteadyTime online_since_{};
  bool reading_ = false;
  bool draining_ = false;
  Backoff refusal_backoff_;
  TimerId pause_timer_ = 0, flush_timer_ = 0, read_timer_ = 0;  // 0: not set
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);       // late callbacks of the store see that we are gone
};

}  // namespace aisle::sync
