// Commits of 300-byte events on a real file: latency of one urgent event, events per second and bytes written per event
// by size of transaction. The file is made in $AISLE_BENCH_DIR, else in the working directory (not on a tmpfs).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "agent/base/loop.hpp"
#include "agent/store/store.hpp"

namespace {

using namespace aisle;
namespace fs = std::filesystem;

// Bytes that this process caused to be sent to the block layer (Linux, /proc/self/io).
std::uint64_t written_bytes() {
  std::ifstream in("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (in >> name >> value) {
    if (name == "write_bytes:") return value;
  }
  return 0;
}

// A store on a directory of its own; worker and core are one virtual loop, so that only the commit is measured.
class Bench {
 public:
  Bench() {
    const char* base = std::getenv("AISLE_BENCH_DIR");
    folder_ = fs::path(base != nullptr ? base : ".") / "bench_store.tmp";
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    store::StoreOptions options;
    options.path = (folder_ / "aisle.db").string();
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

void report(benchmark::State& state, const Bench& bench, std::uint64_t written_before) {
  const auto events = static_cast<double>(bench.committed());
  state.counters["events_per_s"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["bytes_per_event"] = static_cast<double>(written_bytes() - written_before) / events;
}

void urgent_commit(benchmark::State& state) {
  Bench bench;
  if (!bench.ready()) return state.SkipWithError("the store cannot be opened");
  std::vector<double> latencies;
  const auto before = written_bytes();
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    bench.commit(1);
    latencies.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(latencies);
  const auto quantile = [&](std::size_t percent) { return latencies[(latencies.size() - 1) * percent / 100]; };
  state.counters["p50_us"] = quantile(50);
  state.counters["p99_us"] = quantile(99);
  report(state, bench, before);
}
BENCHMARK(urgent_commit)->Iterations(2000)->UseRealTime();

void group_commit(benchmark::State& state) {
  Bench bench;
  if (!bench.ready()) return state.SkipWithError("the store cannot be opened");
  const auto before = written_bytes();
  for (auto _ : state) bench.commit(state.range(0));
  report(state, bench, before);
}
BENCHMARK(group_commit)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();

// As online: every commit's events are acknowledged with the next one.
void commit_and_acknowledge(benchmark::State& state) {
  Bench bench;
  if (!bench.ready()) return state.SkipWithError("the store cannot be opened");
  const auto before = written_bytes();
  for (auto _ : state) {
    bench.commit(state.range(0));
    bench.acknowledge();
  }
  report(state, bench, before);
}
BENCHMARK(commit_and_acknowledge)->Arg(1)->Arg(10)->Arg(100)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
