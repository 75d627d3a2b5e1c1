// Runs a program of the system and waits for its end.
#pragma once

#include <string>
#include <vector>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"

namespace aisle::update {

struct Ended {
  int code = 0;        // 128 and more: a signal
  std::string output;  // standard output, and standard error where it was asked for; the first 256 KiB
};

// In English, without questions, with the system's path and nothing of our environment. It takes until all that write
// to its output have ended. Error: it could not be run, or was killed because that took longer; what it had started
// itself goes on.
[[nodiscard]] Result<Ended> run_program(const std::vector<std::string>& command, seconds limit, bool errors_too);
// Its output. Error: an end with another code than 0, with what it said last.
[[nodiscard]] Result<std::string> output_of(const std::vector<std::string>& command, seconds limit);

}  // namespace aisle::update
