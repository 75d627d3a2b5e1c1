// One thread that runs the world and, inside it, one process: its core loop and the thread of its database.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "agent/base/loop.hpp"
#include "agent/base/random.hpp"
#include "tests/sim/trace.hpp"

namespace aisle::sim {

// The loops of one process. Dropped whole when it dies: what was posted never runs.
class ProcessLoop final : public Loop {
 public:
  ProcessLoop(ManualClock& clock, Random& random) : clock_(clock), random_(random), worker_(*this) {}

  void post(Task task) override { posted_.push_back(std::move(task)); }
  [[nodiscard]] const Clock& clock() const override { return clock_; }
  TimerId after(Duration delay, Task task) override { return timers_.add(clock_.steady() + delay, std::move(task)); }
  void cancel(TimerId id) override { timers_.cancel(id); }

  // The database's thread: its tasks take time, while which the core goes on.
  [[nodiscard]] Executor& worker() { return worker_; }
  // How long a task of it takes at most; most take a tenth.
  void set_worker_latency(Duration most) { worker_latency_ = most; }

  [[nodiscard]] bool ready() const { return !posted_.empty(); }
  // When there is something to do, other than what is `ready`.
  [[nodiscard]] std::optional<SteadyTime> next_due() const;
  // Runs one task: a posted one, else one that is due.
  void run_one();

 private:
  class Worker final : public Executor {
   public:
    explicit Worker(ProcessLoop& loop) : loop_(loop) {}
    void post(Task task) override { loop_.post_to_worker(std::move(task)); }

   private:
    ProcessLoop& loop_;
  };
  void post_to_worker(Task task);

  ManualClock& clock_;
  Random& random_;
  Worker worker_;
  Duration worker_latency_{milliseconds{5}};
  SteadyTime worker_free_{};
  std::deque<Task> posted_;
  TimerQueue timers_;
  TimerQueue work_;
};

class Scheduler {
 public:
  explicit Scheduler(ManualClock& clock) : clock_(clock) {}

  // What happens in the world, whether or not a process lives.
  void after(Duration delay, Task task) { world_.add(clock_.steady() + delay, std::move(task)); }
  // `process` may be null; `after_task` runs after each of its tasks.
  void set_process(ProcessLoop* process) { process_ = process; }
  void set_after_task(Task after_task) { after_task_ = std::move(after_task); }

  // False when nothing is left to do until then; the clock is there.
  bool step(SteadyTime until);

 private:
  ManualClock& clock_;
  TimerQueue world_;
  ProcessLoop* process_ = nullptr;
  Task after_task_;
};

}  // namespace aisle::sim
