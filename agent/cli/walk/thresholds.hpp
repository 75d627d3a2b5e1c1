// Proposed thresholds as changes of the configuration.
#pragma once

#include <vector>

#include "agent/cli/local_config.hpp"
#include "agent/cli/walk/walk.hpp"

namespace aisle::cli {

// Of every zone with a proposal: its own keys where its only receiver has those, else its list of receivers.
[[nodiscard]] std::vector<ConfigEdit> threshold_edits(const std::vector<ZoneProposal>& proposals);

}  // namespace aisle::cli
