// A gateway's first day, and what may follow: customers, their keys and offers arrive as snapshots, large deltas come,
// everything is sent anew, the clock jumps, the gateway starts again; the radio is heard all the while. Says for each
// how long the core loop was held at most, and how long a commit waited.
//   bench_resync [customers] [offers] [directory]
#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string>

#include "agent/app/agent.hpp"
#include "tests/bench/resync/cloud.hpp"
#include "tests/bench/resync/crowd.hpp"
#include "tests/bench/resync/probe.hpp"

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

// The system's, set forward by the bench.
class SetClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime steady() const override { return system_.steady(); }
  [[nodiscard]] UnixTime now() const override { return system_.now() + ahead_.load(); }
  void set_ahead(Duration by) { ahead_ = by; }

 private:
  SystemClock system_;
  std::atomic<Duration> ahead_ = Duration{0};
};

struct Plan {
  config::Config config;
  std::uint64_t customers = 0, offers = 0;
  std::string directory;
  int epoch = 1;  // 2: with what is on the disk
};

// One life of the agent, phase by phase.
class Life {
 public:
  Life(const Plan& plan, SetClock& clock) : plan_(plan), clock_(clock) {}

  int run() {
    app::AgentParts parts;
    store::StoreOptions options;
    options.path = plan_.directory + "/aisle.db";
    auto store = store::Store::open(options, disk_.loop(), core_);
    if (!store) return complain(store.error());
    bench::Probe probe(core_, clock_, **store);
    probe_ = &probe;
    parts.store = std::move(*store);
    auto crowd = std::make_unique<bench::Crowd>(core_, clock_);
    crowd_ = crowd.get();
    parts.source = std::move(crowd);
    auto cloud = std::make_unique<bench::BenchCloud>(
        bench::CloudSize{plan_.customers, plan_.offers, utc_day(clock_.now()), plan_.epoch}, core_,
        cloud_thread_.loop());
    cloud_ = cloud.get();
    parts.transport = std::move(cloud);
    parts.parser = &parser_.loop();
    parts.on_stopped = [this] { core_.stop(); };
    auto agent = app::Agent::create({plan_.config}, std::move(parts), core_, clock_, random_, log_);
    if (!agent) return complain(agent.error());
    agent_ = agent->get();
    core_.post([this] {
      agent_->start();
      probe_->start();
      plan_.epoch == 1 ? first_day() : started_again();
    });
    core_.run();
    cloud_thread_.stop();
    parser_.stop();
    disk_.stop();
    return 0;
  }

 private:
  static int complain(const Error& error) { return std::fprintf(stderr, "%s\n", error.message().c_str()), 1; }
  [[nodiscard]] Json status() const { return agent_->status(); }
  [[nodiscard]] bool current(const char* dataset, std::uint64_t cursor, std::uint64_t count) const {
    const auto found = status()["datasets"][dataset];
    return found["state"] == "current" && found["cursor"] == cursor && found["count"] == count;
  }
  [[nodiscard]] bool all_there(std::uint64_t customers, std::uint64_t offers) const {
    const auto now = status();
    return now["offers"]["offers"] == offers && now["identity"]["customers"] == customers &&
           now["identity"]["keys"] == customers && current("keys", 1, customers);
  }
  // Looks every 50 ms.
  void when(std::function<bool()> so, Task then) {
    core_.after(milliseconds{50},
                [this, so = std::move(so), then = std::move(then)] { so() ? then() : when(so, then); });
  }

  void first_day() {
    when([this] { return all_there(plan_.customers, plan_.offers); },
         [this] {
           probe_->report("first day");
           std::printf("  %.0f MB in %lu messages\n", static_cast<double>(cloud_->bytes()) / 1e6, cloud_->pages());
           heard_for("detection", seconds{10}, [this] { large_deltas(); });
         });
  }
  void large_deltas() {
    cloud_->push_customers();
    when([this] { return current("customers", 2, plan_.customers); },
         [this] {
           probe_->report("delta of customers");
           cloud_->push_keys();
           const std::uint64_t keys = plan_.customers + std::min<std::uint64_t>(plan_.customers, 150'000);
           when([this, keys] { return current("keys", 2, keys) && status()["identity"]["keys"] == keys; },
                [this] {
                  probe_->report("delta of keys");
                  all_anew();
                });
         });
  }
  void all_anew() {
    cloud_->renew();
    when([this] { return all_there(plan_.customers - 1, plan_.offers - 1); },
         [this] {
           probe_->report("everything anew");
           jump();
         });
  }
  void jump() {
    static_cast<void>(crowd_->take_known());
    resolved_ = resolved();
    clock_.set_ahead(std::chrono::minutes{47});
    // The clock is looked at once a second; who was heard a moment ago is known by the window before.
    core_.after(milliseconds{1500}, [this] {
      resolved_ = resolved();
      when([this] { return resolved() > resolved_ + 10; },
           [this] {
             probe_->report("a jump of the clock");
             agent_->stop();
           });
    });
  }
  void started_again() {
    when([this] { return agent_->health().started && resolved() > 10; },
         [this] {
           probe_->report("a start with all of it");
           agent_->stop();
         });
  }
  void heard_for(const char* name, seconds span, Task then) {
    static_cast<void>(crowd_->take_known());
    resolved_ = resolved();
    core_.after(span, [this, name, then = std::move(then)] {
      const auto known = crowd_->take_known();
      probe_->report(name);
      std::printf("  %lu adverts of customers, %lu resolved; %s offers decided\n", known, resolved() - resolved_,
                  status()["offers"]["decided"].dump().c_str());
      then();
    });
  }
  [[nodiscard]] std::uint64_t resolved() const { return status()["adverts"]["resolved"].get<std::uint64_t>(); }

  const Plan& plan_;
  SetClock& clock_;
  SystemRandom random_;
  Log log_{LogLevel::error};
  EpollLoop core_{clock_};
  LoopThread disk_{clock_, "store"}, cloud_thread_{clock_, "cloud"}, parser_{clock_, "parser"};
  app::Agent* agent_ = nullptr;
  bench::Probe* probe_ = nullptr;
  bench::Crowd* crowd_ = nullptr;
  bench::BenchCloud* cloud_ = nullptr;
  std::uint64_t resolved_ = 0;
};

int run(std::uint64_t customers, std::uint64_t offers, const std::string& directory) {
  const auto config = config::parse(kConfig, "bench.toml");
  if (!config) return std::fprintf(stderr, "%s\n", config.error().message().c_str()), 1;
  SetClock clock;
  Plan plan{*config, customers, offers, directory};
  std::printf("%lu customers with a key each, %lu offers\n", customers, offers);
  if (const int code = Life(plan, clock).run(); code != 0) return code;
  plan = {*config, customers - 1, offers - 1, directory, 2};
  const int code = Life(plan, clock).run();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory %ld MB\n", usage.ru_maxrss / 1024);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int index, std::uint64_t otherwise) {  // the runner of all benchmarks has options for others
    return argc > index && argv[index][0] != '-' ? std::stoull(argv[index]) : otherwise;
  };
  const std::string directory =
      argc > 3 ? argv[3] : (std::filesystem::temp_directory_path() / "aisle-bench-resync").string();
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const int code = run(number(1, 1'000'000), number(2, 100'000), directory);
  if (argc <= 3) std::filesystem::remove_all(directory);
  return code;
}
