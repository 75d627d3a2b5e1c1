// One life of the daemon's core: the agent as it is, over the simulated disk, radio and network.
#pragma once

#include <memory>
#include <string>

#include "agent/app/agent.hpp"
#include "tests/sim/shop.hpp"
#include "tests/sim/sim_transport.hpp"
#include "tests/sim/watched_store.hpp"

namespace aisle::sim {

// Faults that a test plants in a build that has none, to see that they are found.
struct Plants {
  DiskPlants disk;
  StorePlants store;
  bool hide_refusals = false;  // the pump goes on as if the broker had taken it
  bool same_epoch = false;     // every start uses the same "random" epoch
};

// What a process runs in.
struct World {
  ManualClock& clock;
  Random& random;
  Disk& disk;
  Broker& broker;
  Shop& shop;
  Ledger& ledger;
  const Log& log;
  std::string vfs;
  Plants plants;
  std::uint64_t max_rows = 1'000'000;  // of the outbox
  bool tells_room = false;             // the store is told what room the disk has left
  std::uint64_t failing_reads = 0;
  std::optional<seal::MasterKey> master_key{};
};

class Process {
 public:
  // Error: the store cannot be opened (or the process died on the way: see Disk::dead).
  static Result<std::unique_ptr<Process>> start(World& world);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] ProcessLoop& loop() { return loop_; }
  // As SIGTERM does.
  void stop() { agent_->stop(); }
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] Json status() const { return agent_->status(); }
  [[nodiscard]] store::StoreStats store_stats() const { return store_->stats(); }
  [[nodiscard]] const store::Loaded& loaded() const { return store_->loaded(); }

 private:
  explicit Process(World& world)
      : world_(world), loop_(world.clock, world.random), random_(world.plants.same_epoch ? 1 : world.random.next()) {}
  Status open();

  World& world_;
  ProcessLoop loop_;
  SeededRandom random_;
  WatchedStore* store_ = nullptr;
  std::unique_ptr<app::Agent> agent_;
  bool stopped_ = false;
};

}  // namespace aisle::sim
