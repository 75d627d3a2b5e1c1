// Gives events their place in this epoch and their frozen envelope, and commits them together with the state they
// changed. While the time is not known the envelope may wait.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/app/draft.hpp"
#include "agent/app/erasure.hpp"
#include "agent/app/latency.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/store/store.hpp"

namespace aisle::app {

// `epoch.started`; `reason` for another than what `loaded` tells.
[[nodiscard]] Event epoch_started(const store::Loaded& loaded, UnixTime now, std::string_view reason = {});

class Journal {
 public:
  struct Identity {
    std::string store, gateway, epoch;
  };
  using OnCommitted = std::function<void(const std::vector<store::OutboxEvent>& events, std::int64_t first_id)>;

  Journal(Identity identity, const Clock& clock, store::Store& store)
      : identity_(std::move(identity)), clock_(clock), store_(store) {}

  // Called on the core loop after each commit, in order of sequence.
  void on_committed(OnCommitted listener) { listener_ = std::move(listener); }

  // From now on events get their place but no envelope: they are kept as drafts of this boot, whose start is `booted`
  // on our clock.
  void hold(std::string boot, UnixTime booted);
  // Asks `settle` for every draft that waits; `go_on`: what is recorded from now on gets its envelope at once.
  void settle(store::SettleDraft settle, bool go_on);
  [[nodiscard]] bool holding() const { return held_.has_value(); }
  // Every envelope made from now on says that its time is an estimate.
  void set_estimated(bool estimated) { estimated_ = estimated; }

  // `arrived`: when the advert that caused it came in, for the latency log.
  void record(const pipeline::Output& output, std::optional<SteadyTime> arrived);
  void record(const Event& event);
  // An outbox.dropped that lists the store's removals up to `drop_id`.
  void record_drop(const Event& event, std::int64_t drop_id);
  // A dataset's change, alone in its batch; `done` after the commit.
  void record_change(store::DatasetChange change, std::vector<std::string> forget, store::Store::CommitDone done);

  // The command that ordered it, to be remembered with this result.
  using CommandOf = std::function<store::CommandRow(const Json& result)>;
  // Erases a customer; the account of it, `privacy.erased`, is in the same commit, and so is the command, if any.
  // `command` runs on the store's thread.
  void record_erasure(const EraseOrder& order, std::string signature, CommandOf command, store::Store::CommitDone done);

  // Events handed over and not yet committed.
  [[nodiscard]] std::size_t pending() const { return pending_; }
  [[nodiscard]] std::uint64_t last_sequence() const { return sequence_; }
  [[nodiscard]] const std::string& epoch() const { return identity_.epoch; }
  [[nodiscard]] const LatencyLog& latency() const { return latency_; }
  // What failed for good (a constraint); 0 in a sound database.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  // Presence events, by type, that were not made because the disk takes nothing and memory must not fill up.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& not_recorded() const { return not_recorded_; }

 private:
  struct Held {
    std::string boot;
    UnixTime booted;
  };
  void add(store::Batch& batch, const Event& event, UnixTime now);
  [[nodiscard]] store::OutboxEvent envelope(const Event& event, UnixTime now);
  [[nodiscard]] store::Draft draft(const Event& event, UnixTime now);
  [[nodiscard]] bool has_room_for(const Event& event);
  void submit(store::Batch batch, bool urgent, std::optional<SteadyTime> arrived);

  Identity identity_;
  const Clock& clock_;
  store::Store& store_;
  OnCommitted listener_;
  std::optional<Held> held_;
  bool estimated_ = false;
  LatencyLog latency_;
  std::uint64_t sequence_ = 0;
  std::size_t pending_ = 0;
  std::uint64_t lost_ = 0;
  std::map<std::string, std::uint64_t> not_recorded_;
};

}  // namespace aisle::app
