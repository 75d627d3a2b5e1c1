#include "tests/sim/scheduler.hpp"

#include <algorithm>

namespace aisle::sim {

std::optional<SteadyTime> ProcessLoop::next_due() const {
  std::optional<SteadyTime> due;
  if (!timers_.empty()) due = timers_.next_due();
  if (!work_.empty() && (!due || work_.next_due() < *due)) due = work_.next_due();
  return due;
}

void ProcessLoop::run_one() {
  if (!posted_.empty()) {
    const Task task = std::move(posted_.front());
    posted_.pop_front();
    return task();
  }
  const bool work_first = timers_.empty() || (!work_.empty() && work_.next_due() < timers_.next_due());
  if (const Task task = (work_first ? work_ : timers_).take_due(clock_.steady())) task();
}

// In the order posted, one after another.
void ProcessLoop::post_to_worker(Task task) {
  const bool slow = random_.below(10) == 0;
  worker_free_ =
      std::max(worker_free_, clock_.steady()) + random_.jitter(slow ? worker_latency_ : worker_latency_ / 10);
  work_.add(worker_free_, std::move(task));
}

bool Scheduler::step(SteadyTime until) {
  if (process_ != nullptr && process_->ready()) {
    process_->run_one();
    after_task_();
    return true;
  }
  const auto own = process_ != nullptr ? process_->next_due() : std::nullopt;
  const bool world_first = !world_.empty() && (!own || world_.next_due() <= *own);
  if (!world_first && !own) {
    if (until > clock_.steady()) clock_.advance(until - clock_.steady());
    return false;
  }
  const SteadyTime due = world_first ? world_.next_due() : *own;
  if (due > until) {
    if (until > clock_.steady()) clock_.advance(until - clock_.steady());
    return false;
  }
  if (due > clock_.steady()) clock_.advance(due - clock_.steady());
  if (world_first) {
    if (const Task task = world_.take_due(clock_.steady())) task();
  } else {
    process_->run_one();
  }
  after_task_();
  return true;
}

}  // namespace aisle::sim
