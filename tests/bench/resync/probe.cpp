#include "tests/bench/resync/probe.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace aisle::bench {
namespace {

constexpr milliseconds kLook{2};
constexpr milliseconds kCommit{20};

double cpu_of_thread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double milliseconds_of(Duration span) {
  return static_cast<double>(span.count()) / 1e3;
}

}  // namespace

void Probe::start() {
  running_ = true;
  at_ = began_ = clock_.steady();
  cpu_ = cpu_of_thread();
  look();
  commit();
}

void Probe::look() {
  loop_.after(kLook, [this] {
    const auto now = clock_.steady();
    const double cpu = cpu_of_thread();
    const double late = milliseconds_of(now - at_ - Duration{kLook});
    const double used = (cpu - cpu_) * 1e3;
    found_.wall_ms = std::max(found_.wall_ms, late);
    found_.cpu_ms = std::max(found_.cpu_ms, used);
    if (used > 20) ++found_.over_20_cpu;
    if (late > 20) ++found_.over_20_wall;
    ++found_.looks;
    at_ = now;
    cpu_ = cpu;
    if (running_) look();
  });
}

void Probe::commit() {
  loop_.after(kCommit, [this] {
    if (!running_) return;
    store_.commit({}, true, [this, from = clock_.steady()](const Result<store::Committed>&) {
      const double took = milliseconds_of(clock_.steady() - from);
      found_.commit_ms = std::max(found_.commit_ms, took);
      if (took > 100) ++found_.slow_commits;
      ++found_.commits;
      if (running_) commit();
    });
  });
}

void Probe::report(const char* phase) {
  std::printf(
      "%-26s %6.1f s | longest pause %5.1f ms CPU, %6.1f ms wall | %lu / %lu of %lu looks above 20 ms CPU / wall | "
      "longest commit %6.1f ms, %lu of %lu above 100 ms\n",
      phase, milliseconds_of(clock_.steady() - began_) / 1e3, found_.cpu_ms, found_.wall_ms, found_.over_20_cpu,
      found_.over_20_wall, found_.looks, found_.commit_ms, found_.slow_commits, found_.commits);
  std::fflush(stdout);
  found_ = {};
  began_ = clock_.steady();
}

}  // namespace aisle::bench
