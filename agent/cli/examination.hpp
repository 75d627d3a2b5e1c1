#pragma once

#include "agent/cli/command.hpp"
#include "agent/doctor/doctor.hpp"

namespace aisle::cli {

// All checks of this gateway; `root`: of the system's files, empty for the machine's own. When `left_behind` is set in
// the answer, the process has to end by _exit.
doctor::Findings examine(const Common& common, const std::string& root = {});

}  // namespace aisle::cli
