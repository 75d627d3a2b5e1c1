// The resolver with 10,000 to 1,000,000 customers of one device each: lookups, rolls of the window, arrival of keys,
// and memory by the resident set and by its own count. Run with --benchmark_counters_tabular=true.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <vector>

#include "agent/base/random.hpp"
#include "ble/identity/interval_table.hpp"
#include "ble/identity/resolver.hpp"
#include "ble/identity/token.hpp"

namespace {

using namespace aisle;
using namespace aisle::identity;

constexpr std::int32_t kDay = 20779;
constexpr std::uint32_t kStart = kDay * 144U + 20;
constexpr Address kNobody{{1, 2, 3, 4, 5, 6}, false};

UnixTime start_of(std::uint32_t interval) {
  return UnixTime(seconds(std::int64_t{interval} * 600));
}

Key128 day_key(std::uint32_t ordinal, std::int32_t day) {
  Key128 key{};
  const std::uint64_t number = (std::uint64_t{ordinal} << 24U) + static_cast<std::uint32_t>(day);
  for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<std::byte>((number >> (8 * i)) & 0xFFU);
  return key;
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  statm >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Customer make_customer(std::uint32_t n) {
  Customer customer;
  customer.id = "c-" + std::to_string(n);
  customer.devices = {{n, -4}};
  customer.proximity = Consent{UnixTime{}, start_of(kStart + 100'000 + n % 1000), "r1"};
  return customer;
}

struct Store {
  std::unique_ptr<Resolver> resolver = std::make_unique<Resolver>(ResolverOptions{});
  std::uint32_t interval = kStart;
};

// Customers, and keys of three days (yesterday's would be dropped; today and two ahead, as the cloud sends them).
Store make_store(std::uint32_t customers) {
  Store store;
  store.resolver->advance(start_of(store.interval));
  for (std::uint32_t n = 0; n < customers; ++n) store.resolver->upsert_customer(make_customer(n));
  for (std::int32_t day = kDay; day < kDay + 3; ++day) {
    for (std::uint32_t n = 0; n < customers; ++n) store.resolver->add_key({n, day, day_key(n, day)});
  }
  return store;
}

// One population is kept between benchmarks of the same size.
Store& store_of(std::uint32_t customers) {
  static std::uint32_t made_for = 0;
  static std::unique_ptr<Store> store;
  if (made_for != customers) {
    store.reset();
    store = std::make_unique<Store>(make_store(customers));
    made_for = customers;
  }
  return *store;
}

void lookups(benchmark::State& state, bool known) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  Store& store = store_of(customers);
  const UnixTime now = start_of(store.interval);
  SeededRandom random(9);
  std::vector<Rpi> tokens(200'000);
  for (Rpi& rpi : tokens) {
    const auto n = static_cast<std::uint32_t>(random.below(customers)) + (known ? 0 : customers);
    rpi = derive_rpi(derive_rpik(day_key(n, kDay)), store.interval);
  }
  std::size_t next = 0;
  std::size_t hits = 0;
  decode::Decoded decoded;
  decoded.count = 1;
  for (auto _ : state) {
    decoded.beacons[0] = decode::AisleToken{0x10, std::span<const std::byte, 12>(tokens[next].data(), 12)};
    hits += store.resolver->resolve(decoded, kNobody, now).outcome == Outcome::customer ? 1U : 0U;
    next = next + 1 == tokens.size() ? 0 : next + 1;
  }
  state.counters["hits"] = static_cast<double>(hits) / static_cast<double>(state.iterations());
}
void Hit(benchmark::State& state) {
  lookups(state, true);
}
void Miss(benchmark::State& state) {
  lookups(state, false);
}

void RollCold(benchmark::State& state) {
  Store& store = store_of(static_cast<std::uint32_t>(state.range(0)));
  for (auto _ : state) store.resolver->advance(start_of(++store.interval));
}

void RollPrepared(benchmark::State& state) {
  Store& store = store_of(static_cast<std::uint32_t>(state.range(0)));
  double worst_slice = 0;
  double prepare = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto whole = std::clock();
    for (bool more = true; more;) {
      const auto begin = std::chrono::steady_clock::now();
      more = store.resolver->prepare(256);
      worst_slice =
          std::max(worst_slice, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    prepare += static_cast<double>(std::clock() - whole) / CLOCKS_PER_SEC;
    state.ResumeTiming();
    store.resolver->advance(start_of(++store.interval));
  }
  state.counters["prepare_cpu_s"] = prepare / static_cast<double>(state.iterations());
  state.counters["worst_slice_ms"] = worst_slice * 1e3;
}

void KeyArrival(benchmark::State& state) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  Store& store = store_of(customers);
  const std::int32_t today = day_of_interval(store.interval);
  std::uint32_t n = 0;
  for (auto _ : state) {
    store.resolver->add_key({n, today, day_key(n, today)});
    n = n + 1 == customers ? 0 : n + 1;
  }
}

void Memory(benchmark::State& state) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    const std::size_t before = resident_bytes();
    Store store = make_store(customers);
    while (store.resolver->prepare(1024)) {
    }
    const double each = 1.0 / customers;
    state.counters["rss_B"] = static_cast<double>(resident_bytes() - before) * each;
    state.counters["stats_B"] = static_cast<double>(store.resolver->stats().bytes) * each;
    state.counters["record_B"] =
        static_cast<double>(sizeof(PackedCustomer) + PackedCustomer(make_customer(100'000)).bytes());
  }
}

void one_size(benchmark::internal::Benchmark* benchmark, int customers) {
  benchmark->Arg(customers);
}

void register_for(int customers) {
  one_size(benchmark::RegisterBenchmark("Memory", Memory)->Iterations(1)->Unit(benchmark::kMillisecond), customers);
  one_size(benchmark::RegisterBenchmark("Hit", Hit), customers);
  one_size(benchmark::RegisterBenchmark("Miss", Miss), customers);
  one_size(benchmark::RegisterBenchmark("KeyArrival", KeyArrival), customers);
  one_size(benchmark::RegisterBenchmark("RollCold", RollCold)->Iterations(3)->Unit(benchmark::kMillisecond), customers);
  one_size(benchmark::RegisterBenchmark("RollPrepared", RollPrepared)->Iterations(3)->Unit(benchmark::kMillisecond),
           customers);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (const int customers : {10'000, 100'000, 1'000'000}) register_for(customers);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
