#include "tests/bluez/controller/program_runner.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace aisle::rig {

ProgramRunner::ProgramRunner(EpollLoop& loop, Transmit transmit, Finished finished)
    : loop_(loop),
      transmit_(std::move(transmit)),
      finished_(std::move(finished)),
      timer_fd_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (timer_fd_ < 0) std::abort();  // out of descriptors: the test cannot run
  loop_.watch(timer_fd_, EPOLLIN, [this](std::uint32_t) { run_due(); });
}

ProgramRunner::~ProgramRunner() {
  loop_.unwatch(timer_fd_);
  close(timer_fd_);
}

void ProgramRunner::start(ProgramId id, std::unique_ptr<Program> program) {
  Running& running = running_[id];
  running.program = std::move(program);
  running.start = loop_.clock().steady();
  arm();
}

void ProgramRunner::stop(ProgramId id) {
  const auto which = running_.find(id);
  if (which == running_.end()) return;
  finish(which, false);
  arm();
}

void ProgramRunner::run_due() {
  std::uint64_t expirations = 0;
  [[maybe_unused]] const auto got = read(timer_fd_, &expirations, sizeof expirations);
  for (auto it = running_.begin(); it != running_.end();) {
    const auto which = it++;
    if (!run_burst(which->second)) finish(which, true);
  }
  arm();
}

bool ProgramRunner::run_burst(Running& running) {
  for (int i = 0; i < kBurst; ++i) {
    const auto due = running.program->due();
    if (!due) return false;
    const Duration late = loop_.clock().steady() - (running.start + *due);
    if (late < Duration{0}) return true;
    ProgramReport& report = running.report;
    report.late_max = std::max(report.late_max, late);
    const Outcome outcome = transmit_(running.program->take());
    ++report.sent;
    ++report.outcomes[static_cast<std::size_t>(outcome)];
  }
  return true;
}

void ProgramRunner::finish(std::map<ProgramId, Running>::iterator which, bool done) {
  ProgramReport report = which->second.report;
  report.done = done;
  report.elapsed = loop_.clock().steady() - which->second.start;
  const ProgramId id = which->first;
  running_.erase(which);
  finished_(id, report);
}

// The earliest of the programs; a time in the past fires at once.
void ProgramRunner::arm() {
  std::optional<SteadyTime> first;
  for (auto& [id, running] : running_) {
    const SteadyTime due = running.start + running.program->due().value_or(Duration{0});
    first = first ? std::min(*first, due) : due;
  }
  itimerspec timer{};  // zero: disarmed
  if (first) {
    const std::int64_t micros = std::max<std::int64_t>(first->time_since_epoch().count(), 1);
    timer.it_value.tv_sec = micros / 1'000'000;
    timer.it_value.tv_nsec = micros % 1'000'000 * 1000;
  }
  timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &timer, nullptr);
}

}  // namespace aisle::rig
