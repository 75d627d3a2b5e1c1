// 10,000 gateways lose one broker. The counters are the figures, and the same on every machine; the times are what the
// simulation costs.
#include <benchmark/benchmark.h>

#include "tests/bench/reconnect/fleet.hpp"

namespace {

using namespace aisle;

void fleet(benchmark::State& state, bool says_busy, bench::FleetSpec spec) {
  spec.outage = seconds(state.range(0));
  spec.accepts_per_s = static_cast<int>(state.range(1));
  spec.says_busy = says_busy;
  bench::FleetResult result;
  for (auto _ : state) result = bench::simulate(spec);
  state.counters["peak_per_s"] = result.peak_attempts;
  state.counters["peak_after_return_per_s"] = result.peak_after_return;
  state.counters["attempts_each"] = static_cast<double>(result.attempts) / spec.gateways;
  state.counters["half_back_s"] = static_cast<double>(result.half_back.count());
  state.counters["back_99_percent_s"] = static_cast<double>(result.most_back.count());
  state.counters["all_back_s"] = static_cast<double>(result.all_back.count());
}

void grid(benchmark::internal::Benchmark* out) {
  out->ArgNames({"outage_s", "accepts_per_s"})
      ->ArgsProduct({{0, 60, 600, 3600}, {50, 200, 1000}})
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(fleet, busy, true, bench::FleetSpec{})->Apply(grid);
BENCHMARK_CAPTURE(fleet, no_answer, false, bench::FleetSpec{})->Apply(grid);
BENCHMARK_CAPTURE(fleet, without_spread, true, bench::FleetSpec{.retry_spread = seconds(0)})->Args({0, 200});

}  // namespace
