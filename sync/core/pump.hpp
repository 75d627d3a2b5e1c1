// Empties the outbox into the connection in two lanes: events that were just committed (live) go first, but at least
// every fourth publish is of the backlog while there is one. In each lane strictly by outbox id. A bounded window of
// unacknowledged publishes, and a bounded number of events in memory: a live event that finds no room there is left to
// the backlog. At least once: an id is acknowledged to the store only when the broker has acknowledged it. On the core
// loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/id_ranges.hpp"
#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "agent/base/random.hpp"
#include "agent/store/store.hpp"
#include "sync/core/backoff.hpp"
#include "sync/core/lane.hpp"
#include "sync/core/refused_types.hpp"
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
  // Nothing of the session's own is in flight, nor about to be.
  [[nodiscard]] virtual bool quiet() const = 0;
  // `why`: what became of it, as the dead letter says.
  virtual void event_refused(const store::OutboxEvent& event, int reason, std::string_view why) = 0;
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
  // Rows up to this id were put into the store by something else than a commit.
  void on_revived(std::int64_t newest_id);
  void on_connected(std::size_t capacity);
  // How many publishes may be in flight from now on.
  void set_capacity(std::size_t capacity);
  // `wordless`: the other end closed the connection and gave no reason. True when that was its answer to an event, as
  // far as can be told before it lets us in again.
  bool on_disconnected(bool wordless);
  // An attempt to connect failed: the broker was away, and what ended before was ended by that.
  void on_attempt_failed();
  // False when the token is not one of the pump's.
  bool on_acknowledged(std::uint64_t token, int reason);
  // The store no longer holds these ids: of them, what is not in flight is not sent, even when a page brings it.
  void forget(const std::vector<std::int64_t>& ids);
  // From now on sends only what is in memory.
  void stop_reading() { draining_ = true; }
  // Tells the store what was acknowledged, without waiting for company.
  void flush_acknowledgements();

  // Nothing in memory waits to be sent or acknowledged, and no more is on its way.
  [[nodiscard]] bool settled() const { return held() == 0 && (draining_ || !reading_); }
  // Nothing is left in the outbox either.
  [[nodiscard]] bool drained() const { return settled() && read_after_ >= newest_; }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
  // The rows that must stay, for they are or may soon be in the broker's hands, or the store has yet to hear that they
  // were there: what is in memory, all that a page now being read may hold, and what is committed after the last
  // notice.
  [[nodiscard]] IdRanges held_ids() const;
  [[nodiscard]] std::size_t held() const { return live_.size() + backlog_.size(); }
  [[nodiscard]] const PumpCounters& counters() const { return counters_; }

 private:
  struct Flight {
    Lane* lane = nullptr;
    std::int64_t id = 0;
  };

  // The lane whose turn it is; nothing when neither has anything to send.
  Lane* next_lane();
  void fill();
  // Does one thing with what is next in the lane; false when it has to wait.
  bool advance(Lane& lane);
  void send(Lane& lane);
  void judge_suspect();
  void read_page();
  void on_page(Result<std::vector<store::OutboxRow>> page, std::int64_t newest_when_asked);
  void take_live(std::int64_t id, const store::OutboxEvent& event);
  void skip_taken();
  void on_refusal(std::uint64_t token, Flight flight, int reason);
  void pause_for_refusal(std::uint64_t token);
  void give_up(Flight flight, int reason, const std::string& why);
  void finish(Flight flight);
  void pause(Duration span);
  void tell_store();
  void cancel(TimerId& timer);

  PumpOptions options_;
  Loop& loop_;
  Random& random_;
  store::Store& store_;
  PumpPort& port_;
  const Log& log_;
  PumpCounters counters_;

  Lane live_, backlog_;
  std::map<std::uint64_t, Flight> in_flight_;  // by token
  unsigned live_in_a_row_ = 0;                 // since the backlog last had a turn
  std::int64_t read_after_ = 0;                // everything up to here was taken into a lane
  IdRanges taken_;                             // beyond read_after_: was taken into the live lane
  std::int64_t newest_ = 0;                    // the newest id known to be committed
  IdRanges acknowledged_;                      // not yet told to the store
  IdRanges forgotten_;                         // while a page is read, which may hold them
  std::size_t capacity_ = 0;
  std::size_t limit_;              // of the window, after a connection that ended without a word
  bool alone_ = false;             // what is in flight is to be answered before anything else goes
  std::optional<Flight> suspect_;  // the connection ended when this was sent, alone
  RefusedTypes refused_types_;
  bool online_ = false;
  SteadyTime online_since_{};
  bool reading_ = false;
  bool draining_ = false;
  Backoff refusal_backoff_;
  Duration refusal_pause_{};                                    // the newest
  std::uint64_t refused_through_ = 0;                           // the newest token in flight when it was set
  TimerId pause_timer_ = 0, flush_timer_ = 0, read_timer_ = 0;  // 0: not set
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);       // late callbacks of the store see that we are gone
};

}  // namespace aisle::sync
