// The whole source at a steady rate: delivered share, latency from the packet's send to its arrival in the sink, and
// the CPU of the source's own thread for each advert.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "ble/hci/hci_source.hpp"
#include "ble/hci/packet_filter.hpp"
#include "ble/source/item_queue.hpp"
#include "tests/unit/hci/packets.hpp"

namespace {

using namespace aisle;
using namespace aisle::hci::testing;

std::int64_t thread_cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}
std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Scans from the start.
class Ready final : public RadioControl {
 public:
  Status start(SourceSink*, Listener listener) override {
    listener({true, "hci0", "hearing", ""});
    return {};
  }
  void stop() override {}
  [[nodiscard]] SourceStatus status() const override { return {}; }
};

// Measures each advert on its way into the queue; called by the source's thread.
class Meter final : public SourceSink {
 public:
  explicit Meter(std::size_t expected) { latencies_.reserve(expected); }
  bool offer(SourceItem item) override {
    if (const auto* advert = std::get_if<Advert>(&item)) {
      if (latencies_.empty()) first_cpu_ = thread_cpu_ns();
      std::int64_t sent = 0;
      std::memcpy(&sent, advert->payload.view().data(), sizeof sent);
      latencies_.push_back(steady_us() - sent);
      // A system call each: not at every advert.
      if (latencies_.size() % 64 == 0) last_cpu_ = thread_cpu_ns();
    }
    const bool taken = queue_.offer(std::move(item));
    if (queue_.size() > 4096) queue_.take(taken_, 4096);
    return taken;
  }
  bool wait_and_put(SourceItem item) override { return offer(std::move(item)); }

  std::vector<std::int64_t> latencies_;
  std::int64_t first_cpu_ = 0, last_cpu_ = 0;

 private:
  ItemQueue queue_{8192, [] {}};
  std::vector<SourceItem> taken_;
};

void paced(benchmark::State& state) {
  const auto rate = state.range(0);
  const std::int64_t count = rate * 2;
  for (auto _ : state) {
    Pair pair;
    (void)hci::attach_report_filter(pair.reader.get());
    SystemClock clock;
    const Log log(LogLevel::error);
    Meter meter(static_cast<std::size_t>(count));
    HciSource source(
        std::make_unique<Ready>(),
        [&](unsigned) -> tl::expected<hci::Fd, hci::OpenError> { return std::move(pair.reader); }, clock, log);
    if (!source.start(meter)) state.SkipWithError("no start");
    while (source.status().state != "hearing") std::this_thread::yield();
    std::int64_t refused = 0;
    Bytes data(24);
    const std::int64_t begin = steady_us();
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t due = begin + i * 1'000'000 / rate;
      const std::int64_t ahead = due - steady_us();
      if (ahead > 0) std::this_thread::sleep_for(std::chrono::microseconds(ahead));
      const std::int64_t now = steady_us();
      std::memcpy(data.data(), &now, sizeof now);
      if (!pair.send(legacy_packet(static_cast<unsigned>(i & 0xFF), -60, data))) ++refused;
    }
    state.SetIterationTime(static_cast<double>(steady_us() - begin) * 1e-6);
    std::this_thread::sleep_for(milliseconds(50));
    source.stop();
    auto& seen = meter.latencies_;
    std::sort(seen.begin(), seen.end());
    if (seen.size() < 128) return state.SkipWithError("too few");
    state.counters["delivered_percent"] = 100.0 * static_cast<double>(seen.size()) / static_cast<double>(count);
    state.counters["sender_refused"] = static_cast<double>(refused);
    state.counters["p50_us"] = static_cast<double>(seen[seen.size() / 2]);
    state.counters["p99_us"] = static_cast<double>(seen[seen.size() * 99 / 100]);
    state.counters["cpu_us_per_advert"] =
        static_cast<double>(meter.last_cpu_ - meter.first_cpu_) * 1e-3 / static_cast<double>(seen.size() / 64 * 64 - 1);
  }
}
BENCHMARK(paced)->Arg(100)->Arg(500)->Arg(1000)->Arg(2600)->Arg(10'000)->UseManualTime()->Iterations(1)->Unit(
    benchmark::kMillisecond);

}  // namespace
