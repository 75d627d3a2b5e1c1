// `aislectl zones calibrate`.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/command.hpp"
#include "agent/cli/walk/walk.hpp"

namespace aisle::cli {

struct CalibrateArguments {
  Common common;
  WalkOptions walk;
  std::vector<std::string> zones;  // none: all
  bool write = false;
};

// Returns an exit code.
int calibrate_zones(const CalibrateArguments& arguments);

}  // namespace aisle::cli
