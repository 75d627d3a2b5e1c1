// The store in memory: the outbox exactly, the datasets not at all. Callbacks are posted to the core, as the real
// store's are.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/loop.hpp"
#include "agent/store/store.hpp"

namespace aisle::fakes {

class FakeStore final : public store::Store {
 public:
  explicit FakeStore(Executor& core) : core_(core) {}

  [[nodiscard]] const store::Loaded& loaded() const override { return loaded_; }
  void commit(store::Batch batch, bool /*urgent*/, CommitDone done) override {
    const std::int64_t first = last_id + 1;
    for (auto& event : batch.events) rows[++last_id] = std::move(event);
    if (batch.command) commands[batch.command->id] = batch.command->reply;
    store::Committed committed;
    committed.first_id = first;
    core_.post([done = std::move(done), committed] { done(committed); });
  }
  void read_outbox(std::int64_t after, std::size_t limit, std::size_t max_bytes,
                   std::function<void(Result<std::vector<store::OutboxRow>>)> done) override {
    ++reads;
    if (failing_reads > 0) {
      --failing_reads;
      core_.post([done = std::move(done)] { done(fail("disk trouble")); });
      return;
    }
    std::vector<store::OutboxRow> page;
    std::size_t bytes = 0;
    for (auto row = rows.upper_bound(after); row != rows.end() && page.size() < limit && bytes < max_bytes; ++row) {
      bytes += row->second.payload.size();
      page.push_back({row->first, row->second, damaged.contains(row->first)});
    }
    core_.post([done = std::move(done), page = std::move(page)] { done(page); });
  }
  void acknowledge(const IdRanges& ids) override {
    ++acknowledgements;
    for (const auto& [first, last] : ids.ranges()) rows.erase(rows.lower_bound(first), rows.upper_bound(last));
    acknowledged.add(ids);
  }
  void dead_letter(std::int64_t id, int reason_code, std::string /*why*/) override {
    dead_letters[id] = reason_code;
    rows.erase(id);
  }
  void set_aside(std::int64_t id) override {
    aside.push_back(id);
    rows.erase(id);
  }
  void enforce_bounds(const store::OutboxBounds&, const IdRanges&,
                      std::function<void(Result<std::vector<Dropped>>)> done) override {
    core_.post([done = std::move(done)] { done(std::vector<Dropped>{}); });
  }
  void read_records(Dataset, std::function<void(Result<std::vector<store::RecordRow>>)> done) override {
    core_.post([done = std::move(done)] { done(std::vector<store::RecordRow>{}); });
  }
  void read_keys(std::function<void(Result<std::vector<store::KeyRow>>)> done) override {
    core_.post([done = std::move(done)] { done(std::vector<store::KeyRow>{}); });
  }
  void read_records_after(Dataset, std::string, std::size_t,
                          std::function<void(Result<std::vector<store::RecordRow>>)> done) override {
    core_.post([done = std::move(done)] { done(std::vector<store::RecordRow>{}); });
  }
  void read_keys_after(std::int32_t, std::int64_t, std::size_t,
                       std::function<void(Result<std::vector<store::KeyRow>>)> done) override {
    core_.post([done = std::move(done)] { done(std::vector<store::KeyRow>{}); });
  }
  void stage(store::StagedPage, std::function<void(Result<bool>)> done) override {
    core_.post([done = std::move(done)] { done(true); });
  }
  void read_gone_after(Dataset, store::RowPlace, std::size_t, std::function<void(Result<store::Gone>)> done) override {
    core_.post([done = std::move(done)] { done(store::Gone{}); });
  }
  void sweep(std::function<void(Result<bool>)> done) override {
    core_.post([done = std::move(done)] { done(false); });
  }
  void drop_keys_before(std::int32_t, std::function<void(Result<bool>)> done) override {
    core_.post([done = std::move(done)] { done(false); });
  }
  void compact() override {}
  void prune(std::int64_t, std::int32_t) override {}
  void read_command(const std::string& id, std::function<void(Result<std::optional<std::string>>)> done) override {
    const auto found = commands.find(id);
    std::optional<std::string> reply;
    if (found != commands.end()) reply = found->second;
    core_.post([done = std::move(done), reply] { done(reply); });
  }
  void forget_commands_before(std::int64_t) override {}
  void outbox_status(std::function<void(Result<store::OutboxStatus>)> done) override {
    store::OutboxStatus status;
    status.rows = rows.size();
    core_.post([done = std::move(done), status] { done(status); });
  }
  void check_outbox(std::function<void(Result<store::OutboxCheck>)> done) override {
    core_.post([done = std::move(done)] { done(store::OutboxCheck{}); });
  }
  void read_dead_letters(std::int64_t, std::size_t,
                         std::function<void(Result<std::vector<store::DeadLetter>>)> done) override {
    core_.post([done = std::move(done)] { done(std::vector<store::DeadLetter>{}); });
  }
  void retry_dead_letters(const store::DeadLetterChoice&, std::function<void(Result<std::uint64_t>)> done) override {
    core_.post([done = std::move(done)] { done(std::uint64_t{0}); });
  }
  bool flush(milliseconds) override { return true; }
  [[nodiscard]] store::StoreStats stats() const override { return {}; }

  // What a store opened over the present rows would have loaded.
  [[nodiscard]] store::Loaded reopened() const {
    store::Loaded loaded;
    loaded.outbox_rows = rows.size();
    loaded.outbox_last_id = last_id;
    return loaded;
  }

  std::map<std::int64_t, store::OutboxEvent> rows;
  std::map<std::int64_t, int> dead_letters;
  std::map<std::string, std::string> commands;  // replies by id
  std::set<std::int64_t> damaged;               // of rows
  std::vector<std::int64_t> aside;
  std::int64_t last_id = 0;
  IdRanges acknowledged;
  int reads = 0, acknowledgements = 0, failing_reads = 0;

 private:
  Executor& core_;
  store::Loaded loaded_;
};

}  // namespace aisle::fakes
