// The cloud connection as a deterministic state machine on the core loop: connect with back-off, announce, pump the
// outbox, keep the datasets in step. Transport, clock, timers, randomness, and the store are handed in.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/id_ranges.hpp"
#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "agent/base/random.hpp"
#include "agent/model/dataset.hpp"
#include "agent/store/store.hpp"
#include "sync/core/transport.hpp"

#include <nlohmann/json.hpp>

namespace aisle::sync {

struct SessionOptions {
  std::string prefix = "aisle/v1";
  std::string store, gateway;
  std::string version;    // of the product, for the status topic
  std::string epoch;      // of this start
  std::string box_key{};  // hex; what is sealed for this gateway is sealed for it; "" none
  Json config{};          // which configuration runs, for the status topic; null: is not said
  Json update{};          // how the last update stands, the same way
  UnixTime started{};
  std::uint32_t window = 64;  // in flight at most; the broker's receive maximum may lower it
  seconds retry_spread{60};
  seconds retry_max{300};
  seconds ack_patience{60};       // a publish unacknowledged for so long ends the connection
  Executor* parser = nullptr;     // where large messages are parsed; none: on the core. Outlives the session
  std::vector<Dataset> datasets;  // asked for; customers and keys are left out by the caller off loopback without TLS
};

// One well-formed dataset message, ready to be applied by the agent.
struct DatasetMessage {
  Dataset dataset = Dataset::offers;
  bool replace_all = false;  // a complete snapshot ...
  bool staged = false;       // ... whose pages were staged: no upserts here
  std::string epoch;
  std::uint64_t cursor = 0;  // after applying
  std::vector<nlohmann::json> deletes;
  std::vector<nlohmann::json> upserts;
};

// A page of a snapshot, in sequence.
struct StagePage {
  Dataset dataset = Dataset::offers;
  nlohmann::json snapshot;  // a string or a number
  std::string epoch;
  std::uint64_t cursor = 0;  // after all of it
  std::uint64_t base = 0, page = 0, pages = 0;
  std::vector<nlohmann::json> upserts;
};

// What the session needs of the agent.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  // Validates the page and keeps it beside what is in force; `done` once (true: it is on the disk). `apply` of a
  // message that says `staged` takes the whole over.
  virtual void stage(StagePage page, std::function<void(bool)> done) = 0;
  // Validates, commits and takes over; calls `done` once (true: applied and committed, cursor moves).
  virtual void apply(DatasetMessage message, std::function<void(bool)> done) = 0;
  // The cloud says that we are current at this cursor.
  virtual void confirm_current(Dataset dataset) = 0;
  // A message below our own `cmd/`, as it came.
  virtual void on_command(std::string_view name, const InMessage& message) = 0;
  // One message was refused by the broker for good, or not even sent because it would be, and is in the dead-letter
  // table; `why` as there.
  virtual void on_refused(const store::OutboxEvent& event, int reason, std::string_view why) = 0;
};

struct DatasetSyncStatus {
  std::string epoch;
  std::uint64_t cursor = 0;
  std::string state;  // "current", "waiting", "asking", "snapshot 3/12", "never synced"
  std::uint64_t gaps = 0, requests = 0, ignored = 0, malformed = 0;
};

struct SessionStatus {
  std::string state;  // one of sync/core/states.hpp
  std::string detail;
  std::string broker;  // "host:port" while online
  std::optional<UnixTime> since;
  std::uint64_t connects = 0, disconnects = 0, published = 0, acknowledged = 0, resent = 0, refused = 0;
  std::uint32_t in_flight = 0;
  std::optional<UnixTime> next_attempt;
  std::map<Dataset, DatasetSyncStatus> datasets;
};

class Session {
 public:
  Session(SessionOptions options, Loop& loop, Random& random, Transport& transport, store::Store& store,
          SessionHost& host, const Log& log);
  ~Session();

  // `loaded`: what the store found at start (backlog, cursors).
  void start(const store::Loaded& loaded);
  // Events that were just committed, with their outbox ids from `first_id` on. Sent as soon as the window allows, ahead
  // of a backlog; what finds no room in memory is read from the store in its turn.
  void on_committed(const std::vector<store::OutboxEvent>& events, std::int64_t first_id);
  // For the status topic, which says it anew when it changed.
  void set_config(Json config);
  void set_update(Json update);
  // Something else changed a dataset (an import): the cursor and epoch are now these.
  void on_dataset_changed(Dataset dataset, const store::DatasetState& state);
  // A reply to a command, QoS 1; false, and nothing is sent, when there is no connection. `accepted`: once the broker
  // has it; never where the connection ends before.
  bool reply(OutMessage message, std::function<void()> accepted = {});
  // The store no longer holds these: what waits to be sent is not sent.
  void forget(const std::vector<std::int64_t>& outbox_ids);
  // Publishes status offline, sends what the window holds until `deadline`, disconnects; then `done`.
  void stop(milliseconds deadline, std::function<void()> done);
  // True when the outbox is empty and nothing is in flight.
  [[nodiscard]] bool drained() const;
  // Rows up to this id came into the outbox by something else than a commit.
  void on_revived(std::int64_t newest_id);
  // Outbox ids that are or may soon be in the broker's hands: bounds must leave these rows.
  [[nodiscard]] IdRanges held_ids() const;
  [[nodiscard]] bool online() const;
  // Rises with everything that shows that the broker serves us: subscriptions that were all granted, and then every
  // publish that was accepted.
  [[nodiscard]] std::uint64_t proofs() const;

  [[nodiscard]] SessionStatus status() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The CloudEvents envelope, frozen: members in a fixed order. `recorded` is the wall clock at commit.
[[nodiscard]] std::string cloud_event(const Event& event, std::string_view store, std::string_view gateway,
                                      std::string_view epoch, std::uint64_t sequence, UnixTime recorded);
[[nodiscard]] std::string event_topic(std::string_view prefix, std::string_view store, std::string_view gateway,
                                      std::string_view type);

}  // namespace aisle::sync
