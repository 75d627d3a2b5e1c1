#include "agent/app/boot_clock.hpp"

#include <ctime>
#include <fstream>

namespace aisle::app {

std::string SystemBootClock::id() const {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  std::getline(file, text);
  return text;
}

Duration SystemBootClock::elapsed() const {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return seconds{now.tv_sec} + std::chrono::duration_cast<Duration>(std::chrono::nanoseconds{now.tv_nsec});
}

}  // namespace aisle::app
