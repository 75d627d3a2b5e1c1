#include "tests/bench/radio/cpu.hpp"

#include <time.h>

namespace aisle::radio {
namespace {

std::chrono::nanoseconds read(clockid_t clock) {
  timespec used{};
  clock_gettime(clock, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace

std::chrono::nanoseconds cpu_of_process(pid_t pid) {
  clockid_t clock{};
  return clock_getcpuclockid(pid, &clock) == 0 ? read(clock) : std::chrono::nanoseconds(0);
}

std::chrono::nanoseconds cpu_of_this_thread() {
  return read(CLOCK_THREAD_CPUTIME_ID);
}

}  // namespace aisle::radio
