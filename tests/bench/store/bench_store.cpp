// Commits of 300-byte events on a real file: latency of one urgent event, events per second and bytes written per event
// by size of transaction, and as online with few events; beside the same rows in SQLite alone. The file is made in
// $AISLE_BENCH_DIR, else in the working directory (not on a tmpfs). With AISLE_SEALED=yes the store is sealed.
#include <benchmark/benchmark.h>

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/base/loop.hpp"
#include "agent/store/store.hpp"
#include "tests/bench/sync/meters.hpp"
#include "tests/fakes/sealed.hpp"

namespace {

using namespace aisle;
using bench::bench_folder;
using bench::written_bytes;
namespace fs = std::filesystem;

// A store on a directory of its own; worker and core are one virtual loop, so that only the commit is measured.
class Bench {
 public:
  Bench() {
    folder_ = bench_folder("bench_store.tmp");
    store::StoreOptions options;
    options.path = (folder_ / "aisle.db").string();
    options.master_key = fakes::key_of_this_run();
    auto opened = store::Store::open(options, loop_, loop_);
    if (opened) store_ = std::move(*opened);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() {
    store_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  [[nodiscard]] bool ready() const { return store_ != nullptr; }

  void commit(std::int64_t events) {
    store::Batch batch;
    for (std::int64_t i = 0; i < events; ++i) {
      batch.events.push_back({"bench", ++sequence_, "zone.entered", std::string(300, 'p'), 0, true});
    }
    store_->commit(std::move(batch), true, {});
    loop_.run_posted();
  }
  // One event that may wait, and the broker's answer to it soon after it is committed, every 200 ms.
  void live_second(bool ledger) {
    for (int i = 0; i < 5; ++i) {
      store::Batch batch;
      batch.events.push_back({"bench", ++sequence_, "zone.entered", std::string(300, 'p'), 0, ledger});
      store_->commit(std::move(batch), false, [this](const Result<store::Committed>& committed) {
        if (!committed) return;
        loop_.after(std::chrono::milliseconds(20), [this, id = committed->first_id] {
          IdRanges ids;
          ids.add(id);
          store_->acknowledge(ids);
        });
      });
      loop_.run_for(std::chrono::milliseconds(200));
    }
  }
  void acknowledge() {
    IdRanges ids;
    ids.add(IdRange{1, static_cast<std::int64_t>(sequence_)});
    store_->acknowledge(ids);
  }
  [[nodiscard]] std::uint64_t committed() const { return store_->stats().events; }

 private:
  fs::path folder_;
  ManualClock clock_;
  VirtualLoop loop_{clock_};
  std::unique_ptr<store::Store> store_;
  std::uint64_t sequence_ = 0;
};

void report(benchmark::State& state, const Bench& made, std::uint64_t written_before) {
  const auto events = static_cast<double>(made.committed());
  state.counters["events_per_s"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["bytes_per_event"] = static_cast<double>(written_bytes() - written_before) / events;
}

void urgent_commit(benchmark::State& state) {
  Bench made;
  if (!made.ready()) return state.SkipWithError("the store cannot be opened");
  std::vector<double> latencies;
  const auto before = written_bytes();
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    made.commit(1);
    latencies.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(latencies);
  const auto quantile = [&](std::size_t percent) { return latencies[(latencies.size() - 1) * percent / 100]; };
  state.counters["p50_us"] = quantile(50);
  state.counters["p99_us"] = quantile(99);
  report(state, made, before);
}
BENCHMARK(urgent_commit)->Iterations(2000)->UseRealTime();

void group_commit(benchmark::State& state) {
  Bench made;
  if (!made.ready()) return state.SkipWithError("the store cannot be opened");
  const auto before = written_bytes();
  for (auto _ : state) made.commit(state.range(0));
  report(state, made, before);
}
BENCHMARK(group_commit)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();

// As online: every commit's events are acknowledged with the next one.
void commit_and_acknowledge(benchmark::State& state) {
  Bench made;
  if (!made.ready()) return state.SkipWithError("the store cannot be opened");
  const auto before = written_bytes();
  for (auto _ : state) {
    made.commit(state.range(0));
    made.acknowledge();
  }
  report(state, made, before);
}
BENCHMARK(commit_and_acknowledge)->Arg(1)->Arg(10)->Arg(100)->UseRealTime();

// Online, 5 events a second (of a virtual clock): of presence, or of the ledger.
void steady_online(benchmark::State& state) {
  Bench made;
  if (!made.ready()) return state.SkipWithError("the store cannot be opened");
  const auto before = written_bytes();
  for (auto _ : state) made.live_second(state.range(0) != 0);
  report(state, made, before);
}
BENCHMARK(steady_online)->ArgName("ledger")->Arg(0)->Arg(1)->Iterations(1000)->UseRealTime();

// The same events in a table of SQLite's alone: WAL, synchronous FULL, so many a transaction.
void bare_sqlite(benchmark::State& state) {
  const std::string path = bench_folder("bench_sqlite.tmp") + "/bare.db";
  sqlite3* db = nullptr;
  sqlite3_stmt* insert = nullptr;
  const auto run = [&](const char* sql) { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK; };
  const bool ready =
      sqlite3_open(path.c_str(), &db) == SQLITE_OK && run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;") &&
      run("CREATE TABLE outbox (id INTEGER PRIMARY KEY, payload TEXT)") &&
      sqlite3_prepare_v2(db, "INSERT INTO outbox (payload) VALUES (?)", -1, &insert, nullptr) == SQLITE_OK;
  const std::string payload(300, 'p');
  std::int64_t events = 0;
  const auto before = written_bytes();
  for (auto _ : state) {
    if (!ready || !run("BEGIN")) return state.SkipWithError("SQLite failed");
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      sqlite3_bind_text(insert, 1, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
      sqlite3_step(insert);
      sqlite3_reset(insert);
    }
    if (!run("COMMIT")) return state.SkipWithError("SQLite failed");
    events += state.range(0);
  }
  const auto count = static_cast<double>(events);
  state.counters["events_per_s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["bytes_per_event"] = static_cast<double>(written_bytes() - before) / count;
  sqlite3_finalize(insert);
  sqlite3_close(db);
  std::error_code ignored;
  fs::remove_all(fs::path(path).parent_path(), ignored);
}
BENCHMARK(bare_sqlite)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
