#include "tests/sim/simulation.hpp"

#include <array>
#include <cmath>

#include "tests/fakes/sealed.hpp"
#include "tests/sim/disk_vfs.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/verdict.hpp"

namespace aisle::sim {
namespace {

constexpr UnixTime kStart{seconds{1'772'778'600}};  // 2026-03-06T06:30:00Z
constexpr Duration kQuiet = seconds(1500);          // longer than any back-off and any visit
constexpr Duration kUsualLatency = milliseconds(5);
constexpr int kMostFailedStarts = 40;
constexpr LogLevel kSilent{0};

class Simulation final : private Breakable {
 public:
  explicit Simulation(const Options& options)
      : options_(options),
        random_(SeededRandom(options.seed).next()),
        trace_(clock_, options.trace),
        log_(options.trace ? LogLevel::debug : kSilent),
        disk_(random_, trace_, options.plants.disk),
        vfs_(fmt::format("simulated-{}", options.seed), disk_, options.seed),
        world_(clock_),
        broker_(world_, clock_, random_, trace_, consumer_),
        shop_(world_, clock_, random_, broker_, options.seed),
        inside_{clock_, random_, disk_, broker_, shop_, ledger_, log_, vfs_.name(), options.plants},
        faults_(*this, broker_, shop_, random_) {
    world_.set_after_task([this] { look(); });
    if (options.sealed) inside_.master_key = fakes::master_key();
  }
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation() override { world_.set_process(nullptr); }

  Report run();

 private:
  // Breakable
  void crash() override { disk_.kill(); }
  void crash_at_disk_call(std::uint64_t calls, bool power) override {
    disk_.die_after(calls);
    power_goes_ = power;
  }
  void crash_at_task(std::uint64_t tasks, bool power) override {
    tasks_left_ = tasks;
    power_goes_ = power;
  }
  void cut_power() override {
    power_goes_ = true;
    disk_.kill();
  }
  void restart_cleanly() override {
    if (process_) process_->stop();
  }
  void jump_clock(Duration by) override;
  void slow_disk(Duration latency, Duration span) override;
  void fill_disk(Duration span) override;
  void rot_disk() override { disk_.rot(); }
  void fail_reads(std::uint64_t count) override { inside_.failing_reads = count; }
  void fail_disk(int call, std::uint64_t after, std::uint64_t count) override;

  void start();
  void look();
  void end_process(const std::string& how);
  void note_trouble();
  void strike_later();
  void run_for(Duration span);
  void heal();
  [[nodiscard]] Duration usual_disk_latency() const { return 10 * kUsualLatency; }
  void breach(const std::string& what);
  [[nodiscard]] bool broken() const { return !report_.breach.empty(); }
  void check_quiet(const std::vector<std::string>& visitors, SteadyTime since);
  void check_settled();
  void check_state();
  template <class T, class Call>
  T ask(Call call);

  const Options options_;
  ManualClock clock_{kStart};
  SeededRandom random_;
  Trace trace_;
  Log log_;
  Disk disk_;
  DiskVfs vfs_;
  Scheduler world_;
  Consumer consumer_;
  Ledger ledger_;
  Broker broker_;
  Shop shop_;
  World inside_;
  Faults faults_;
  std::unique_ptr<Process> process_;
  std::optional<std::uint64_t> tasks_left_;
  bool power_goes_ = false, striking_ = true, finished_ = false;
  std::uint64_t failed_commits_ = 0;
  SteadyTime troubled_until_{};
  Duration clock_jumps_{0};
  int failed_starts_ = 0;
  double fault_rate_ = 1;
  Report report_;
};

void Simulation::breach(const std::string& what) {
  if (what.empty() || broken()) return;
  report_.breach = what;
  trace_.note("BREACH: {}", what);
}

void Simulation::jump_clock(Duration by) {
  clock_.set_wall(UnixTime(clock_.steady().time_since_epoch()) + by);
  clock_jumps_ += std::chrono::abs(by);
}

void Simulation::slow_disk(Duration latency, Duration span) {
  if (!process_) return;
  process_->loop().set_worker_latency(latency);
  troubled_until_ = std::max(troubled_until_, clock_.steady() + span + latency * 100);
  world_.after(span, [this] {
    if (process_) process_->loop().set_worker_latency(kUsualLatency);
  });
}

void Simulation::fill_disk(Duration span) {
  disk_.set_capacity(disk_.used() + random_.below(20'000));
  world_.after(span, [this] { disk_.set_capacity(std::nullopt); });
}

void Simulation::fail_disk(int call, std::uint64_t after, std::uint64_t count) {
  disk_.fail(static_cast<DiskCall>(call), after, count);
}

void Simulation::start() {
  if (process_ || finished_) return;
  disk_.revive();
  power_goes_ = false;
  tasks_left_.reset();
  failed_commits_ = 0;
  ++report_.starts;
  auto started = Process::start(inside_);
  if (started) {
    failed_starts_ = 0;
    process_ = std::move(*started);
    world_.set_process(&process_->loop());
    trace_.note("started");
    return breach(check_loaded(process_->loaded(), ledger_, clock_.now()));
  }
  trace_.note("cannot start: {}", started.error().message());
  if (++failed_starts_ > kMostFailedStarts) breach("it does not start any more: " + started.error().message());
  world_.after(seconds(5), [this] { start(); });
}

// After every task, of the process or of the world: whether the process is still there.
void Simulation::look() {
  trace_.count(static_cast<std::uint64_t>(clock_.steady().time_since_epoch().count()));
  if (!process_) return;
  note_trouble();
  if (tasks_left_ && (*tasks_left_)-- == 0) {
    tasks_left_.reset();
    disk_.kill();
  }
  if (disk_.dead()) return end_process(power_goes_ ? "power cut" : "crash");
  if (process_->stopped()) end_process("stop");
}

// Commits that fail, and what queues behind them, may be lost beyond the window.
void Simulation::note_trouble() {
  const auto failed = process_->store_stats().failed_commits;
  if (failed == failed_commits_ && !disk_.troubled()) return;
  failed_commits_ = failed;
  troubled_until_ = std::max(troubled_until_, clock_.steady() + seconds(30));
}

void Simulation::end_process(const std::string& how) {
  trace_.note("the process ends: {}", how);
  const bool power = how == "power cut";
  if (how == "crash") ++report_.crashes;
  if (power) ++report_.power_cuts;
  ledger_.ended({clock_.steady(), how, clock_.steady() < troubled_until_});
  world_.set_process(nullptr);
  process_.reset();
  if (power) disk_.cut_power();
  if (finished_) return;
  world_.after(power ? seconds(20) + random_.jitter(seconds(100)) : seconds(1) + random_.jitter(seconds(9)),
               [this] { start(); });
}

void Simulation::strike_later() {
  const double hours = std::min(8.0, -std::log(1.0 - random_.unit())) / fault_rate_;
  world_.after(Duration(static_cast<std::int64_t>(hours * 3.6e9)), [this] {
    if (!striking_) return;
    ++report_.faults;
    trace_.note("fault: {}", faults_.strike());
    strike_later();
  });
}

void Simulation::run_for(Duration span) {
  const SteadyTime end = clock_.steady() + span;
  while (!broken() && world_.step(end)) {
  }
}

void Simulation::heal() {
  striking_ = false;
  disk_.heal();
  inside_.failing_reads = 0;
  broker_.heal();
  clock_.set_wall(UnixTime(clock_.steady().time_since_epoch()));
  tasks_left_.reset();
  if (process_) process_->loop().set_worker_latency(kUsualLatency);
  trace_.note("healed");
}

void Simulation::check_settled() {
  if (!process_) return breach("the process is not there in the end");
  const Json status = process_->status();
  if (status["sync"]["state"] != "online") return breach("not online in the end: " + status["sync"].dump());
  for (const auto& [name, dataset] : status["datasets"].items()) {
    const auto state = dataset.value("state", "");
    if (state != "current" && state != "asking") return breach(name + " is not current: " + dataset.dump());
  }
  if (status["events"]["lost"] != 0) return breach("events were left out");
}

void Simulation::check_quiet(const std::vector<std::string>& visitors, SteadyTime since) {
  if (broken()) return;
  check_settled();
  const std::string live = process_ ? process_->status()["epoch"].get<std::string>() : "";
  breach(check_delivered(consumer_, ledger_, live, usual_disk_latency()));
  breach(check_caps(ledger_, consumer_, clock_jumps_));
  breach(check_visits(consumer_, ledger_));
  for (const auto& visitor : visitors) {
    bool seen = false;
    for (const auto& entry : consumer_.events()) {
      seen = seen || (entry.second.first >= since && entry.second.type == "io.aisle.visit.started.v1" &&
                      entry.second.payload.find("\"" + visitor + "\"") != std::string::npos);
    }
    if (!seen) breach(visitor + " was in the store and not seen");
  }
}

template <class T, class Call>
T Simulation::ask(Call call) {
  T answer{};
  call([&](Result<T> given) {
    if (given) {
      answer = std::move(*given);
    } else {
      breach(given.error().message());
    }
  });
  return answer;
}

// What the last process left on the disk.
void Simulation::check_state() {
  if (broken()) return;
  VirtualLoop loop(clock_);
  store::StoreOptions options;
  options.path = "/state/aisle.db";
  options.vfs = vfs_.name();
  options.master_key = inside_.master_key;
  auto store = store::Store::open(options, loop, loop);
  if (!store) return breach("the store cannot be opened in the end: " + store.error().message());
  breach(check_loaded((*store)->loaded(), ledger_, clock_.now()));
  if ((*store)->loaded().outbox_rows > 0) breach("the outbox is not empty in the end");
  for (const Dataset dataset : kDatasets) {
    std::vector<store::RecordRow> records;
    std::vector<store::KeyRow> keys;
    (*store)->read_records(dataset, [&](Result<std::vector<store::RecordRow>> rows) { records = rows.value(); });
    (*store)->read_keys([&](Result<std::vector<store::KeyRow>> rows) { keys = rows.value(); });
    loop.run_posted();
    const auto state = (*store)->loaded().datasets.find(dataset);
    if (state == (*store)->loaded().datasets.end()) return breach("a dataset has no state");
    breach(check_dataset(broker_.cloud(dataset), state->second, records, keys, utc_day(clock_.now())));
  }
}

Report Simulation::run() {
  constexpr std::array kRates = {1.0, 1.0, 4.0, 12.0};
  fault_rate_ = options_.faults_per_hour > 0 ? options_.faults_per_hour : kRates.at(random_.below(kRates.size()));
  if (random_.below(3) == 0) inside_.max_rows = 40 + random_.below(60);
  inside_.tells_room = random_.below(2) == 0;
  shop_.open();
  start();
  strike_later();
  run_for(Duration(static_cast<std::int64_t>(options_.hours * 3.6e9)));
  heal();
  run_for(kQuiet);
  shop_.close();
  run_for(kQuiet);
  const SteadyTime since = clock_.steady();
  const auto visitors = shop_.everybody_visits();
  run_for(kQuiet);
  check_quiet(visitors, since);
  finished_ = true;
  if (process_) process_->stop();
  run_for(seconds(30));
  check_state();
  report_.hash = trace_.hash();
  report_.steps = trace_.steps();
  report_.hours = static_cast<double>((clock_.steady().time_since_epoch() - kStart.time_since_epoch()).count()) / 3.6e9;
  report_.events = ledger_.events();
  report_.delivered = consumer_.events().size();
  report_.duplicates = consumer_.duplicates();
  report_.listed = consumer_.listed_count();
  report_.disk_failures = disk_.failures();
  return report_;
}

}  // namespace

Report run(const Options& options) {
  return Simulation(options).run();
}

std::string describe(const Options& options, const Report& report) {
  std::string command = fmt::format("sim --seed {} --hours {}", options.seed, options.hours);
  if (options.sealed) command += " --sealed";
  if (options.faults_per_hour > 0) command += fmt::format(" --faults {}", options.faults_per_hour);
  return fmt::format(
      "{}: {}\n  {:.1f} hours, {} faults, {} starts ({} crashes, {} power cuts), {} disk failures; {} "
      "events, {} delivered, {} duplicates, {} listed as dropped; hash {:016x} after {} steps",
      command, report.breach.empty() ? "the promise was kept" : report.breach, report.hours, report.faults,
      report.starts, report.crashes, report.power_cuts, report.disk_failures, report.events, report.delivered,
      report.duplicates, report.listed, report.hash, report.steps);
}

}  // namespace aisle::sim
