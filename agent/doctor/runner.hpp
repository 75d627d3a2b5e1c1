// Runs groups of checks side by side, each with a time limit.
#pragma once

#include <string>
#include <vector>

#include "agent/base/time.hpp"
#include "agent/doctor/finding.hpp"

namespace aisle::doctor {

struct Group {
  std::vector<std::string> ids;  // of what it tells, once each
  milliseconds limit;
  std::string hangs;  // what to do when it takes longer
  // On a thread of its own; what it holds must be its own, for it may be left behind.
  std::function<void(const Tell& tell)> run;
};

struct Findings {
  std::vector<Finding> list;  // by group and id, in their order; every id is there
  bool left_behind = false;   // threads: the process has to end by _exit
};

[[nodiscard]] Findings run(const std::vector<Group>& groups);

}  // namespace aisle::doctor
