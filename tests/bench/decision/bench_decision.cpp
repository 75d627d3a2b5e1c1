// From the arrival of the advert that completes a zone entry to the commit of its offer.decided: decode, resolve,
// place, decide, envelope, SQLite in WAL with synchronous FULL on a real file. The physical limit is one fdatasync of
// that disk, which is measured beside it.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "agent/app/journal.hpp"

namespace {

using namespace aisle;

constexpr std::string_view kStore = "bench";
constexpr std::uint16_t kCustomers = 20000;

IBeaconId beacon_of(std::uint16_t number) {
  return {*parse_uuid("01020304-0506-0708-090a-0b0c0d0e0f10"), 7, number};
}

std::vector<std::byte> payload_of(std::uint16_t number) {
  return *from_hex(fmt::format("0201061aff4c0002150102030405060708090a0b0c0d0e0f100007{:04x}c5", number));
}

pipeline::PipelineOptions options(const Clock& clock) {
  pipeline::PipelineOptions out;
  out.gateway = "g1";
  out.timezone = "Europe/Madrid";
  out.resolver.allow_static = true;
  out.presence.store = kStore;
  out.presence.max_customers = kCustomers + 1U;
  presence::ZoneSpec zone;
  zone.id = "coffee";
  zone.receivers.push_back({GatewayId("g1"), -68, -76});
  out.zones.push_back(zone);
  out.latency_clock = &clock;
  return out;
}

void enrol(pipeline::Pipeline& pipeline, UnixTime now) {
  for (std::uint16_t i = 0; i < kCustomers; ++i) {
    Customer customer;
    customer.id = fmt::format("c-{:05}", i);
    customer.proximity = Consent{now - seconds{60}, std::nullopt, ""};
    customer.offers = customer.proximity;
    customer.static_ids.emplace_back(beacon_of(i));
    pipeline.upsert_customer(std::move(customer), {SteadyTime{}, now});
  }
  for (int i = 0; i < 200; ++i) {
    Offer offer;
    offer.id = fmt::format("offer-{}", i);
    offer.content["en"] = {"Latte", "Half price"};
    offer.zones = {i == 199 ? "coffee" : "elsewhere"};
    offer.priority = 200 - i;
    offer.caps.push_back({CapScope::store, 5, seconds{86400}});
    pipeline.offers().upsert(offer);
  }
}

struct Rig {
  SystemClock clock;
  std::string directory;
  EpollLoop core{clock};
  LoopThread worker{clock, "bench-store"};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<pipeline::Pipeline> pipeline;
  std::unique_ptr<app::Journal> journal;

  Rig() {
    std::string pattern = (std::filesystem::current_path() / "bench-decision-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    directory = pattern;
    store::StoreOptions store_options;
    store_options.path = directory + "/aisle.db";
    store = std::move(*store::Store::open(store_options, worker.loop(), core));
    pipeline = std::move(*pipeline::Pipeline::create(options(clock)));
    enrol(*pipeline, clock.now());
    journal = std::make_unique<app::Journal>(app::Journal::Identity{std::string(kStore), "g1", "bench00000000000"},
                                             clock, *store);
  }
  ~Rig() {
    journal.reset();
    worker.stop();
    store.reset();
    std::filesystem::remove_all(directory);
  }
};

void advert_to_commit(benchmark::State& state) {
  Rig rig;
  std::vector<std::int64_t> latencies;
  std::uint16_t next = 0;
  for (auto step : state) {
    if (next == kCustomers) {
      state.SkipWithError("more iterations than customers");
      break;
    }
    Advert advert;
    advert.payload = Payload(payload_of(next++));
    advert.rssi = Dbm{-55};
    for (int sample = 0; sample < 3; ++sample) {
      advert.at = rig.clock.stamp();
      advert.arrived = advert.at.mono;
      rig.pipeline->on_item(advert);
      rig.journal->record(rig.pipeline->take_output(), advert.arrived);
    }
    const SteadyTime arrived = advert.arrived;
    bool committed = false;
    rig.journal->on_committed([&](const auto&, std::int64_t) { committed = true; });
    while (!committed) rig.core.run_once();
    latencies.push_back((rig.clock.steady() - arrived).count());
  }
  std::ranges::sort(latencies);
  if (latencies.empty()) return;
  state.counters["p50_us"] = static_cast<double>(latencies[latencies.size() / 2]);
  state.counters["p99_us"] = static_cast<double>(latencies[latencies.size() * 99 / 100]);
  state.counters["max_us"] = static_cast<double>(latencies.back());
}

// The limit: append 4 kB and fdatasync, as a WAL commit must.
void one_fdatasync(benchmark::State& state) {
  const std::string path = (std::filesystem::current_path() / "bench-fdatasync").string();
  const int fd = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  const std::vector<char> page(4096, 'x');
  std::vector<std::int64_t> latencies;
  const SystemClock clock;
  for (auto step : state) {
    const auto begun = clock.steady();
    if (write(fd, page.data(), page.size()) < 0 || fdatasync(fd) != 0) state.SkipWithError("the disk refused");
    latencies.push_back((clock.steady() - begun).count());
  }
  close(fd);
  std::filesystem::remove(path);
  std::ranges::sort(latencies);
  if (latencies.empty()) return;
  state.counters["p50_us"] = static_cast<double>(latencies[latencies.size() / 2]);
  state.counters["p99_us"] = static_cast<double>(latencies[latencies.size() * 99 / 100]);
}

BENCHMARK(advert_to_commit)->Iterations(5000)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(one_fdatasync)->Iterations(5000)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
