// The core loop: one thread owns all state; others post to it. `Loop` is the seam; `EpollLoop` runs in real time,
// `VirtualLoop` runs the same work on a manual clock, in a fixed order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agent/base/time.hpp"

namespace aisle {

using Task = std::function<void()>;
using TimerId = std::uint64_t;

// Runs tasks one after another, in the order posted. `post` is thread-safe; a task posted by a task runs after it
// returns.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(Task task) = 0;
};

// An executor with timers. All but `post` only from the loop's own thread.
class Loop : public Executor {
 public:
  [[nodiscard]] virtual const Clock& clock() const = 0;
  // Runs `task` once, no earlier than `delay` from now (monotonic). Equal due times run in the order set.
  virtual TimerId after(Duration delay, Task task) = 0;
  // No effect when the timer has run or never was.
  virtual void cancel(TimerId id) = 0;
};

// Timers by due time, then by order set. Not thread-safe; shared by both loops.
class TimerQueue {
 public:
  TimerId add(SteadyTime due, Task task);
  void cancel(TimerId id);
  [[nodiscard]] bool empty() const { return timers_.empty(); }
  // Only when not empty.
  [[nodiscard]] SteadyTime next_due() const { return timers_.begin()->first.first; }
  // The first task due at or before `now`, removed; empty function when there is none.
  Task take_due(SteadyTime now);

 private:
  using Key = std::pair<SteadyTime, TimerId>;
  std::map<Key, Task> timers_;
  std::map<TimerId, SteadyTime> due_;
  TimerId next_id_ = 1;
};

// Real time: waits in epoll on an eventfd until a post or the next timer.
class EpollLoop final : public Loop {
 public:
  explicit EpollLoop(const Clock& clock);
  ~EpollLoop() override;
  EpollLoop(const EpollLoop&) = delete;
  EpollLoop& operator=(const EpollLoop&) = delete;

  void post(Task task) override;
  [[nodiscard]] const Clock& clock() const override { return clock_; }
  TimerId after(Duration delay, Task task) override;
  void cancel(TimerId id) override;

  using FdHandler = std::function<void(std::uint32_t epoll_events)>;
  // Calls `handler` on the loop while `fd` is ready for `events` (EPOLLIN, EPOLLOUT); replaces an earlier watch of
  // `fd`.
  void watch(int fd, std::uint32_t events, FdHandler handler);
  void unwatch(int fd);

  // Runs until `stop`; what was posted before `stop` still runs.
  void run();
  // Waits for the next work, runs what is due, returns whether to go on. For callers with a condition of their own.
  bool run_once();
  // Thread-safe and async-signal-unsafe.
  void stop();

 private:
  void wake() const;
  bool run_posted();
  void run_timers();
  void wait_for_work();

  const Clock& clock_;
  int epoll_fd_;
  int wake_fd_;
  std::mutex mutex_;
  std::vector<Task> posted_;
  bool stopping_ = false;
  TimerQueue timers_;
  std::map<int, std::shared_ptr<FdHandler>> watches_;
};

// Runs one EpollLoop on a thread of its own, stopped and joined on destruction.
class LoopThread {
 public:
  LoopThread(const Clock& clock, const std::string& name);
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  [[nodiscard]] EpollLoop& loop() { return loop_; }
  // Runs what was posted, then joins. Safe to call twice.
  void stop();

 private:
  EpollLoop loop_;
  std::thread thread_;
};

// Deterministic: time moves only in `run_for`/`run_until`, which run each timer at its own due time. Single-threaded.
class VirtualLoop final : public Loop {
 public:
  explicit VirtualLoop(ManualClock& clock) : clock_(clock) {}
  void post(Task task) override { posted_.push_back(std::move(task)); }
  [[nodiscard]] const Clock& clock() const override { return clock_; }
  TimerId after(Duration delay, Task task) override { return timers_.add(clock_.steady() + delay, std::move(task)); }
  void cancel(TimerId id) override { timers_.cancel(id); }
  // Runs everything posted, and what that posts, without moving time.
  void run_posted();
  void run_for(Duration span);
  [[nodiscard]] bool idle() const { return posted_.empty() && timers_.empty(); }

 private:
  ManualClock& clock_;
  std::deque<Task> posted_;
  TimerQueue timers_;
};

}  // namespace aisle
