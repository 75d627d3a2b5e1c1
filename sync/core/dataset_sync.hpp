// Keeps one dataset in step with the cloud: applies deltas in sequence, asks when there is a gap, pulls snapshots page
// by page. One request is outstanding at most. On the core loop.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "agent/base/random.hpp"
#include "agent/model/dataset.hpp"
#include "sync/core/backoff.hpp"
#include "sync/core/dataset_wire.hpp"
#include "sync/core/session.hpp"

namespace aisle::sync {

// What a dataset needs of the session.
class DatasetPort {
 public:
  virtual ~DatasetPort() = default;
  virtual void send_request(Dataset dataset, std::string payload) = 0;
  virtual void stage(StagePage page, std::function<void(bool)> done) = 0;
  virtual void apply(DatasetMessage message, std::function<void(bool)> done) = 0;
  virtual void confirm_current(Dataset dataset) = 0;
};

class DatasetSync {
 public:
  // `parser`: where large messages are parsed; null: on the loop.
  DatasetSync(Dataset dataset, Loop& loop, Executor* parser, Random& random, DatasetPort& port, const Log& log);
  ~DatasetSync();
  DatasetSync(const DatasetSync&) = delete;
  DatasetSync& operator=(const DatasetSync&) = delete;

  // What the store holds now: at start, and after somebody else changed it. Epoch empty: never synced.
  void restore(const std::string& epoch, std::uint64_t cursor);
  // At start, after `restore`: goes on with a snapshot whose first pages are staged.
  void resume(const store::StagingState& staged);
  // Connected and subscribed: asks at once.
  void go_online();
  void go_offline();
  // `own`: came on the gateway's own topic, not on the store's.
  void on_message(std::string_view payload, bool own);

  [[nodiscard]] DatasetSyncStatus status() const;

 private:
  enum class Phase { idle, waiting, asking };  // waiting: a timer runs until we ask
  struct Received {
    DatasetWire wire;
    bool own = false;
    std::size_t bytes = 0;
  };
  struct Snapshot {
    nlohmann::json id;
    std::string epoch;
    std::uint64_t to = 0;
    std::uint64_t pages = 0;
    std::uint64_t base = 0;  // index of the first page: 0 or 1, as the server counts
    std::uint64_t next = 0;  // index of the page to ask for
    unsigned timeouts = 0;   // of the page asked for
    std::uint64_t serial = 0;
    bool storing = false;  // the next page came and is on its way to the disk
    [[nodiscard]] bool whole() const { return next == base + pages; }
  };

  void parse_aside(std::string_view payload, bool own);
  void on_parsed(Result<DatasetWire> wire, bool own, std::size_t bytes);
  void handle(Received received);
  void handle_delta(Delta delta, bool own, std::size_t bytes);
  void handle_page(SnapshotPage page, bool own);
  void confirm(bool answered);
  // `closable`: the missing deltas may still come by themselves.
  void fall_behind(bool answered, bool closable);
  void keep_ahead(Delta delta, std::size_t bytes);
  void begin_snapshot(const SnapshotPage& page);
  void stage(SnapshotPage page);
  void on_staged(bool ok, std::uint64_t serial);
  void complete_snapshot();

  void apply(DatasetMessage message, bool ask_afterwards);
  void on_applied(bool ok, bool ask_afterwards);
  void catch_up();
  void queue(Received received);

  void ask();
  void ask_later();
  void wait(Duration delay, bool for_gap);
  void on_answer_timeout();
  void settle();
  void refresh_later();
  void count_malformed(const std::string& why);

  Dataset dataset_;
  Loop& loop_;
  Executor* parser_;
  Random& random_;
  DatasetPort& port_;
  const Log& log_;

  std::string epoch_;
  std::uint64_t cursor_ = 0;
  bool online_ = false;
  bool confirmed_ = false;     // said to be current on this connection, and nothing missed since
  SteadyTime confirmed_at_{};  // when the host was last told
  Phase phase_ = Phase::idle;
  bool gap_wait_ = false;     // waiting only because of a gap: stops when it closes
  std::uint64_t gap_to_ = 0;  // the cursor at which it is closed
  bool ask_after_apply_ = false;
  Backoff backoff_;
  TimerId timer_ = 0;
  TimerId refresh_timer_ = 0;  // runs while online

  std::map<std::uint64_t, Received> ahead_;  // deltas beyond a gap, by `from`
  std::size_t ahead_bytes_ = 0;
  std::optional<Snapshot> snapshot_;
  std::uint64_t snapshots_ = 0;  // begun; tells them apart
  nlohmann::json completed_;     // id of the snapshot that was applied last, until a delta follows

  struct Pending {
    std::string epoch;
    std::uint64_t cursor = 0;
    bool replace_all = false;
    bool superseded = false;  // somebody else changed the dataset meanwhile
  };
  std::optional<Pending> applying_;
  std::deque<Received> queue_;  // came while applying
  std::size_t queue_bytes_ = 0;
  std::size_t parsing_ = 0, parsing_bytes_ = 0;  // messages on their way through the parser
  std::uint64_t connection_ = 0;                 // what was on its way when one ended is not taken

  DatasetSyncStatus counters_;  // only the counters of it
  std::optional<SteadyTime> last_complaint_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace aisle::sync
