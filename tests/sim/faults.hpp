// What breaks, and how: one fault at a time, drawn from the kinds that this run has.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/base/random.hpp"
#include "agent/base/time.hpp"

namespace aisle::sim {

// What a fault can reach.
class Breakable {
 public:
  virtual ~Breakable() = default;
  virtual void crash() = 0;
  virtual void crash_at_disk_call(std::uint64_t calls, bool power) = 0;
  virtual void crash_at_task(std::uint64_t tasks, bool power) = 0;
  virtual void cut_power() = 0;
  virtual void restart_cleanly() = 0;
  virtual void jump_clock(Duration by) = 0;
  virtual void slow_disk(Duration latency, Duration span) = 0;
  virtual void fill_disk(Duration span) = 0;
  virtual void rot_disk() = 0;
  virtual void fail_reads(std::uint64_t count) = 0;
  // `call`: 0 read, 1 write, 2 truncate, 3 sync.
  virtual void fail_disk(int call, std::uint64_t after, std::uint64_t count) = 0;
};

class Broker;
class Shop;

class Faults {
 public:
  Faults(Breakable& core, Broker& broker, Shop& shop, Random& random);
  // Breaks something; its name.
  std::string strike();

 private:
  struct Kind {
    const char* name;
    std::function<void()> strike;
  };
  void add_process_faults(Breakable& core);
  void add_disk_faults(Breakable& core);
  void add_network_faults(Broker& broker);
  void add_cloud_faults(Broker& broker, Shop& shop);
  [[nodiscard]] Duration between(Duration least, Duration most) { return least + random_.jitter(most - least); }

  Random& random_;
  std::vector<Kind> kinds_;
};

}  // namespace aisle::sim
