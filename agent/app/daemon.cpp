#include "agent/app/daemon.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "agent/app/barred.hpp"
#include "agent/app/sources.hpp"
#include "agent/provision/machine.hpp"
#include "sync/mqtt/transport.hpp"

namespace aisle::app {
namespace {

constexpr seconds kLockPatience{3};
constexpr seconds kMemoryPause{10};
constexpr std::size_t kMemoryKept = std::size_t{8} << 20U;  // what malloc may keep for the next time

// Resident, but not in use: what malloc holds for later, and stacks. From proc(5), statm, in pages: size, resident, and
// how much of that is of files.
std::size_t unused_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t size = 0, resident = 0, of_files = 0;
  file >> size >> resident >> of_files;
  const std::size_t own = (resident - of_files) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto heap = mallinfo2();
  return own - std::min(own, heap.uordblks + heap.hblkhd);
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::create(DaemonOptions options, EpollLoop& core, const Clock& clock,
                                               Random& random, const Log& log) {
  std::unique_ptr<Daemon> daemon(new Daemon(core, clock, log));
  if (auto opened = daemon->open(std::move(options), random); !opened) return tl::unexpected(opened.error());
  return daemon;
}

Daemon::~Daemon() {
  if (agent_) agent_->stop_source();
  control_.reset();
  if (parser_thread_) parser_thread_->stop();
  if (store_thread_) store_thread_->stop();
}

void Daemon::start() {
  agent_->start();
  supervision_->start();
  give_memory_back();
}

// After an import malloc holds several times what is in use, and would hold it for good.
void Daemon::give_memory_back() {
  if (unused_bytes() > kMemoryKept) malloc_trim(0);
  core_.after(kMemoryPause, [this] { give_memory_back(); });
}

void Daemon::stop() {
  told_to_stop_ = true;
  supervision_->stopping();
  agent_->stop();
}

// A command of aislectl may hold the directory for a moment; another daemon holds it for good.
Status Daemon::lock_state(const std::string& state_dir) {
  const SteadyTime patience = clock_.steady() + kLockPatience;
  for (;;) {
    auto lock = store::StateLock::acquire(state_dir);
    if (lock) {
      lock_ = std::move(*lock);
      return {};
    }
    if (clock_.steady() >= patience) return tl::unexpected(lock.error());
    std::this_thread::sleep_for(milliseconds{50});
  }
}

Result<std::optional<seal::MasterKey>> Daemon::read_master_key(const config::PrivacySection& section) {
  auto key = master_key(section);
  if (key && *key && seal::rests_on_disk(section.master_key)) {
    log_.warning(
        "[privacy] master_key: {} is a file on a disk; should it be the one that holds the state, who takes that "
        "disk reads the state; a credential of systemd that is bound to the TPM is safe from that",
        section.master_key);
  }
  return key;
}

// The first start binds the state directory to the machine. True: it is bound to another one.
Result<bool> Daemon::settle_machine(const std::string& state_dir) {
  const auto machine = provision::machine_identity();
  const auto bound = provision::where_bound(state_dir, machine);
  if (bound != provision::Bound::none) return bound == provision::Bound::elsewhere;
  if (auto done = provision::bind_machine(state_dir, machine); !done) return tl::unexpected(done.error());
  return false;
}

Status Daemon::open(DaemonOptions options, Random& random) {
  std::error_code error;
  std::filesystem::create_directories(options.state_dir, error);
  if (error) return fail("state directory {}: {}", options.state_dir, error.message());
  if (auto locked = lock_state(options.state_dir); !locked) return locked;

  const config::Config& config = options.config;
  AgentParts parts;
  auto source = make_source(config, clock_, log_);
  parts.source = std::move(source.source);
  parts.file_source = source.file_source;
  auto broker = transport_options(config.sync, fmt::format("{}_{}", config.store.id, config.store.gateway));
  broker.first_node = random.next();  // so that the gateways spread over the nodes
  parts.transport = std::make_unique<sync::MosquittoTransport>(std::move(broker), core_, log_);
  const auto barred = settle_machine(options.state_dir);
  if (!barred) return tl::unexpected(barred.error());
  if (*barred && parts.file_source == nullptr) {  // a recording makes no gateway
    log_.error("{}", kBarredDetail);
    parts.source = std::make_unique<BarredSource>();
    parts.transport = std::make_unique<BarredTransport>(core_);
  }
  store_thread_ = std::make_unique<LoopThread>(clock_, "aisle-store");
  const auto key = read_master_key(config.privacy);
  if (!key) return tl::unexpected(key.error());
  store::StoreOptions store_options;
  store_options.path = database_path(options.state_dir);
  store_options.master_key = *key;
  auto store = store::Store::open(store_options, store_thread_->loop(), core_);
  if (!store) return tl::unexpected(store.error());
  parts.store = std::move(*store);
  if (*key) parts.box_keys = (*key)->box_keys();
  parser_thread_ = std::make_unique<LoopThread>(clock_, "aisle-parser");
  parts.parser = &parser_thread_->loop();
  parts.boot = std::make_unique<SystemBootClock>();
  if (!options.examine.empty()) {
    examiner_ = std::make_unique<Examiner>(core_, options.examine);
    parts.examine = [this](Examiner::Done done) { examiner_->ask(std::move(done)); };
  }
  parts.on_stopped = [this] {
    control_.reset();
    core_.stop();
  };

  auto agent =
      Agent::create({options.config, options.exit_when_done, options.config_path, options.state_dir, options.cloud},
                    std::move(parts), core_, clock_, random, log_);
  if (!agent) return tl::unexpected(agent.error());
  agent_ = std::move(*agent);
  supervision_ = std::make_unique<Supervision>(*agent_, core_, manager_, log_);
  auto control = control::Server::listen(
      core_, parser_thread_->loop(), control_path_to_listen(options.state_dir),
      [this](auto request, const auto& reply) { agent_->on_request(std::move(request), reply); });
  if (!control) return tl::unexpected(control.error());
  control_ = std::move(*control);
  return {};
}

}  // namespace aisle::app
