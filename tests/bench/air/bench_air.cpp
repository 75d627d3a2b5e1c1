// The share of a crowd's phones of which a gateway hears within 10 s. The counters are the figures, and the same on
// every machine; the times are what the model costs.
#include <benchmark/benchmark.h>

#include "tests/bench/air/crowd.hpp"

namespace {

using namespace aisle;

constexpr std::uint64_t kRuns = 40;    // crowds, each with a seed of its own
constexpr std::uint32_t kSamples = 3;  // min_samples, as the configuration has it by default

void crowd(benchmark::State& state, bench::CrowdSpec spec) {
  spec.phones = static_cast<std::uint32_t>(state.range(0));
  spec.every = milliseconds(state.range(1));
  spec.baud = static_cast<std::uint32_t>(state.range(2));
  double identified = 0, can_enter = 0;
  std::uint64_t caught = 0, collided = 0, heard = 0, dropped = 0;
  for (auto _ : state) {
    for (spec.seed = 1; spec.seed <= kRuns; ++spec.seed) {
      const auto result = bench::simulate(spec);
      identified += result.share(1);
      can_enter += result.share(kSamples);
      caught += result.caught;
      collided += result.collided;
      heard += result.heard;
      dropped += result.dropped;
    }
  }
  const auto runs = static_cast<double>(kRuns);
  const auto seconds_in_all = runs * 10;
  state.counters["identified_percent"] = 100 * identified / runs;
  state.counters["can_enter_percent"] = 100 * can_enter / runs;
  state.counters["collided_percent"] = 100 * static_cast<double>(collided) / static_cast<double>(caught);
  state.counters["heard_each_s"] = static_cast<double>(heard) / seconds_in_all;
  state.counters["dropped_each_s"] = static_cast<double>(dropped) / seconds_in_all;
}

void grid(benchmark::internal::Benchmark* out) {
  out->ArgNames({"phones", "every_ms", "baud"})
      ->ArgsProduct({{50, 200, 500}, {100, 250, 1000}, {0, 115'200, 921'600, 3'000'000}})
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(crowd, nonconn, bench::CrowdSpec{})->Apply(grid);
BENCHMARK_CAPTURE(crowd, capture_8_dB, bench::CrowdSpec{.capture_db = 8})->Apply(grid);
BENCHMARK_CAPTURE(crowd, active_scan, bench::CrowdSpec{.scan_responses = true})->Apply(grid);

}  // namespace
