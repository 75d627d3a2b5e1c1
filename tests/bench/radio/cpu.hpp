// CPU time of this thread or of another process with all its threads.
#pragma once

#include <sys/types.h>

#include <chrono>

namespace aisle::radio {

[[nodiscard]] std::chrono::nanoseconds cpu_of_process(pid_t pid);
[[nodiscard]] std::chrono::nanoseconds cpu_of_this_thread();

}  // namespace aisle::radio
