// A gateway's first day: customers, their keys and offers arrive as snapshots while the radio is heard. Says how long
// the longest pause of the core loop was: a timer every 2 ms that came late, by the wall and by the CPU time that the
// core's thread used meanwhile (on a machine that is not idle the first contains the others' work).
//   bench_resync [customers] [offers] [directory]
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>

#include "agent/app/agent.hpp"
#include "tests/bench/resync/cloud.hpp"

namespace {

using namespace aisle;

constexpr const char* kConfig = R"(
[store]
id = "s1"
gateway = "g1"
timezone = "Europe/Madrid"
[[zones]]
id = "coffee"
receivers = ["g1"]
[time]
trust = "system"
)";

constexpr milliseconds kProbe{2};

double cpu_of_thread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// An advert of a token that nobody has, 200 a second.
class Crowd final : public AdvertSource {
 public:
  Crowd(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}
  Status start(SourceSink& sink) override {
    sink_ = &sink;
    speak();
    return {};
  }
  void stop() override { sink_ = nullptr; }
  [[nodiscard]] SourceStatus status() const override { return {"bench", "hearing", ""}; }

 private:
  void speak() {
    if (sink_ == nullptr) return;
    Advert advert;
    advert.at = clock_.stamp();
    advert.rssi = Dbm{-60};
    advert.payload = Payload(payload_);
    static_cast<void>(sink_->offer(advert));
    loop_.after(milliseconds{5}, [this] { speak(); });
  }
  Loop& loop_;
  const Clock& clock_;
  SourceSink* sink_ = nullptr;
  Bytes payload_ = *from_hex("11074f324f10000102030405060708090a0b");
};

struct Pauses {
  double wall_ms = 0, cpu_ms = 0;
  std::uint64_t over_20 = 0, looks = 0;
};

class Probe {
 public:
  Probe(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}
  void start() {
    at_ = clock_.steady();
    cpu_ = cpu_of_thread();
    look();
  }
  [[nodiscard]] const Pauses& pauses() const { return pauses_; }

 private:
  void look() {
    loop_.after(kProbe, [this] {
      const auto now = clock_.steady();
      const double cpu = cpu_of_thread();
      const double late = static_cast<double>((now - at_ - Duration{kProbe}).count()) / 1e3;
      const double used = (cpu - cpu_) * 1e3;
      pauses_.wall_ms = std::max(pauses_.wall_ms, late);
      pauses_.cpu_ms = std::max(pauses_.cpu_ms, used);
      if (used > 20) ++pauses_.over_20;
      ++pauses_.looks;
      at_ = now;
      cpu_ = cpu;
      look();
    });
  }
  Loop& loop_;
  const Clock& clock_;
  SteadyTime at_{};
  double cpu_ = 0;
  Pauses pauses_;
};

int run(std::uint64_t customers, std::uint64_t offers, const std::string& directory) {
  const auto config = config::parse(kConfig, "bench.toml");
  if (!config) return std::fprintf(stderr, "%s\n", config.error().message().c_str()), 1;
  const SystemClock clock;
  SystemRandom random;
  const Log log(LogLevel::warning);
  EpollLoop core(clock);
  LoopThread disk(clock, "store");
  LoopThread cloud_thread(clock, "cloud");
  app::AgentParts parts;
  store::StoreOptions options;
  options.path = directory + "/aisle.db";
  auto store = store::Store::open(options, disk.loop(), core);
  if (!store) return std::fprintf(stderr, "%s\n", store.error().message().c_str()), 1;
  parts.store = std::move(*store);
  parts.source = std::make_unique<Crowd>(core, clock);
  auto transport = std::make_unique<bench::BenchCloud>(bench::CloudSize{customers, offers, utc_day(clock.now())}, core,
                                                       cloud_thread.loop());
  const auto* cloud = transport.get();
  parts.transport = std::move(transport);
  parts.on_stopped = [&core] { core.stop(); };
  auto agent = app::Agent::create({*config}, std::move(parts), core, clock, random, log);
  if (!agent) return std::fprintf(stderr, "%s\n", agent.error().message().c_str()), 1;
  Probe probe(core, clock);
  const SteadyTime began = clock.steady();
  std::function<void()> watch = [&] {
    const auto status = (*agent)->status();
    const bool all = status["offers"]["offers"] == offers && status["identity"]["customers"] == customers &&
                     status["datasets"]["keys"]["count"] == customers &&
                     status["datasets"]["keys"]["state"] == "current";
    if (all) return (*agent)->stop();
    core.after(seconds{1}, watch);
  };
  core.post([&] {
    (*agent)->start();
    probe.start();
    core.after(seconds{1}, watch);
  });
  core.run();
  cloud_thread.stop();
  disk.stop();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double took = static_cast<double>((clock.steady() - began).count()) / 1e6;
  std::printf("%lu customers, %lu offers: %.1f s, %.0f MB in %lu messages, peak memory %ld MB\n", customers, offers,
              took, static_cast<double>(cloud->bytes()) / 1e6, cloud->pages(), usage.ru_maxrss / 1024);
  std::printf("longest pause of the core: %.1f ms CPU, %.1f ms wall; %lu of %lu looks above 20 ms CPU\n",
              probe.pauses().cpu_ms, probe.pauses().wall_ms, probe.pauses().over_20, probe.pauses().looks);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int index, std::uint64_t otherwise) {  // the runner of all benchmarks has options for others
    return argc > index && argv[index][0] != '-' ? std::stoull(argv[index]) : otherwise;
  };
  const std::string directory =
      argc > 3 ? argv[3] : (std::filesystem::temp_directory_path() / "aisle-bench-resync").string();
  std::filesystem::create_directories(directory);
  const int code = run(number(1, 1'000'000), number(2, 100'000), directory);
  if (argc <= 3) std::filesystem::remove_all(directory);
  return code;
}
