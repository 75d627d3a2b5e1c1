// Plays programs on a loop, each on an absolute schedule with the resolution of a timer descriptor.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "agent/base/loop.hpp"
#include "tests/bluez/controller/program.hpp"

namespace aisle::rig {

using ProgramId = std::uint64_t;

// All functions on the loop's thread.
class ProgramRunner {
 public:
  using Transmit = std::function<Outcome(const Advertisement&)>;
  using Finished = std::function<void(ProgramId, const ProgramReport&)>;

  // The loop outlives the runner. `transmit` gets each advert when it is due, late ones in bursts; `finished` the
  // report of each program that has ended or was stopped.
  ProgramRunner(EpollLoop& loop, Transmit transmit, Finished finished);
  ~ProgramRunner();
  ProgramRunner(const ProgramRunner&) = delete;
  ProgramRunner& operator=(const ProgramRunner&) = delete;

  void start(ProgramId id, std::unique_ptr<Program> program);
  // No effect on one that has ended.
  void stop(ProgramId id);

 private:
  // Adverts sent before the loop sees to its other work.
  static constexpr int kBurst = 64;

  struct Running {
    std::unique_ptr<Program> program;
    SteadyTime start{};
    ProgramReport report;
  };

  void run_due();
  // False: the program is over.
  bool run_burst(Running& running);
  void finish(std::map<ProgramId, Running>::iterator which, bool done);
  void arm();

  EpollLoop& loop_;
  const Transmit transmit_;
  const Finished finished_;
  int timer_fd_;
  std::map<ProgramId, Running> running_;
};

}  // namespace aisle::rig
