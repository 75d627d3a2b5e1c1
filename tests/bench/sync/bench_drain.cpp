// How fast a backlog of 100,000 events drains through store, pump and client into a Mosquitto on loopback, beside a
// bare libmosquitto publisher to the same broker in the same run; and what draining writes to the disk, how large the
// file and the memory grow meanwhile. $AISLE_DRAIN_EVENTS makes it shorter, AISLE_SEALED=yes
// seals the store.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "agent/base/random.hpp"
#include "agent/store/store.hpp"
#include "sync/core/session.hpp"
#include "sync/mqtt/library.hpp"
#include "sync/mqtt/transport.hpp"
#include "tests/bench/sync/feed.hpp"
#include "tests/bench/sync/meters.hpp"
#include "tests/fakes/mosquitto_broker.hpp"
#include "tests/fakes/sealed.hpp"

namespace {

using namespace aisle;

constexpr const char* kEpoch = "aaaaaaaaaaaaaaaa";
constexpr std::size_t kPayload = 300;
constexpr std::size_t kBatch = 1000;

std::uint64_t events_of_run() {
  const char* text = std::getenv("AISLE_DRAIN_EVENTS");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 100'000;
}

class Host final : public sync::SessionHost {
 public:
  void stage(sync::StagePage, std::function<void(bool)> done) override { done(true); }
  void apply(sync::DatasetMessage, std::function<void(bool)> done) override { done(true); }
  void confirm_current(Dataset) override {}
  void on_command(std::string_view, const sync::InMessage&) override {}
  void on_refused(const store::OutboxEvent&, int, std::string_view) override {}
};

// The broker with a consumer; one for all measurements.
struct Site {
  Site() : broker(fakes::BrokerOptions{false, {}, {}, {"max_inflight_messages 64"}}) {
    if (!broker.start()) return;
    consumer = std::make_unique<bench::Consumer>(broker.port());
    for (int i = 0; i < 500 && !consumer->subscribed(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  [[nodiscard]] bool ready() const { return consumer && consumer->subscribed(); }
  sync::MosquittoLibrary library;
  fakes::MosquittoBroker broker;
  std::unique_ptr<bench::Consumer> consumer;
};
Site& site() {
  static Site one;
  return one;
}

// Store, session and client on their threads, as in the daemon.
class Gateway {
 public:
  explicit Gateway(const std::string& folder) : path_(folder + "/aisle.db") {
    store::StoreOptions options;
    options.path = path_;
    options.master_key = fakes::key_of_this_run();
    auto opened = store::Store::open(options, worker_.loop(), core_.loop());
    if (opened) store_ = std::move(*opened);
  }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway() {
    on_core([this] {
      session_.reset();
      transport_.reset();
    });
    worker_.stop();
    core_.stop();
    store_.reset();
  }
  [[nodiscard]] bool ready() const { return store_ != nullptr; }
  void on_core(const std::function<void()>& work) {
    std::promise<void> done;
    core_.loop().post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  void fill(std::uint64_t events) {
    for (std::uint64_t first = 1; first <= events; first += kBatch) {
      std::promise<void> committed;
      on_core([&] {
        store::Batch batch;
        for (std::uint64_t i = first; i < std::min(first + kBatch, events + 1); ++i) {
          batch.events.push_back({kEpoch, i, "zone.entered", std::string(kPayload, 'p'), 0, true});
        }
        store_->commit(std::move(batch), true, [&](const auto&) { committed.set_value(); });
      });
      committed.get_future().wait();
    }
  }
  void connect(std::uint16_t port, std::uint64_t rows) {
    on_core([&] {
      sync::MosquittoOptions to;
      to.port = port;
      to.client_id = "bench";
      transport_ = std::make_unique<sync::MosquittoTransport>(to, core_.loop(), log_);
      sync::SessionOptions options;
      options.store = "s1";
      options.gateway = "g1";
      options.epoch = kEpoch;
      session_ = std::make_unique<sync::Session>(options, core_.loop(), random_, *transport_, *store_, host_, log_);
      store::Loaded loaded;
      loaded.outbox_rows = rows;
      loaded.outbox_last_id = static_cast<std::int64_t>(rows);
      session_->start(loaded);
    });
  }
  // Looks every 5 ms; gives the most memory that was seen.
  std::uint64_t wait_drained(std::uint64_t& largest_log) {
    std::uint64_t most = 0;
    for (bool drained = false; !drained;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      most = std::max(most, bench::resident_bytes());
      largest_log = std::max(largest_log, bench::file_bytes(path_ + "-wal"));
      on_core([&] { drained = session_->drained(); });
    }
    return most;
  }
  void flush() {
    on_core([this] { store_->flush(std::chrono::seconds(30)); });
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  SystemClock clock_;
  Log log_{LogLevel::error};
  SystemRandom random_;
  Host host_;
  LoopThread core_{clock_, "core"};
  LoopThread worker_{clock_, "store"};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<sync::MosquittoTransport> transport_;
  std::unique_ptr<sync::Session> session_;
};

double bare_rate(std::uint64_t events, std::uint64_t window) {
  return bench::publish_bare(site().broker.port(), events, window, "aisle/v1/s1/g1/evt/zone/entered",
                             std::string(kPayload, 'p'));
}

void drain(benchmark::State& state) {
  if (!site().ready()) return state.SkipWithError("no broker");
  const std::uint64_t events = events_of_run();
  const auto count = static_cast<double>(events);
  const std::string folder = bench::bench_folder("bench_drain.tmp");
  for (auto _ : state) {
    const double bare_before = bare_rate(events / 2, 0);
    Gateway gateway(folder);
    if (!gateway.ready()) return state.SkipWithError("the store cannot be opened");
    const auto before_fill = bench::written_bytes();
    gateway.fill(events);
    const auto filled = bench::written_bytes();
    const auto file = bench::file_bytes(gateway.path());
    const auto memory = bench::resident_bytes();
    std::uint64_t largest_log = 0;
    const auto begin = std::chrono::steady_clock::now();
    gateway.connect(site().broker.port(), events);
    const auto most = gateway.wait_drained(largest_log);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    gateway.flush();
    const double rate = count / took.count();
    const double bare = (bare_before + bare_rate(events / 2, 0)) / 2;
    state.SetIterationTime(took.count());
    state.counters["events_per_s"] = rate;
    state.counters["bare_events_per_s"] = bare;
    state.counters["of_bare"] = rate / bare;
    state.counters["fill_bytes_per_event"] = static_cast<double>(filled - before_fill) / count;
    state.counters["drain_bytes_per_event"] = static_cast<double>(bench::written_bytes() - filled) / count;
    state.counters["file_growth_bytes"] =
        static_cast<double>(bench::file_bytes(gateway.path())) - static_cast<double>(file);
    state.counters["largest_log_bytes"] = static_cast<double>(largest_log);
    state.counters["memory_growth_bytes"] = static_cast<double>(most) - static_cast<double>(memory);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}
BENCHMARK(drain)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
