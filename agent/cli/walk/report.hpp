// What was measured and what is proposed, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/walk/walk.hpp"

namespace aisle::cli {

// Chart, finding and advice of each receiver.
void print_proposals(const std::vector<ZoneProposal>& proposals);
// One row each: old and new thresholds.
void print_summary(const std::vector<ZoneProposal>& proposals);
[[nodiscard]] Json proposal_json(const ZoneProposal& one);

}  // namespace aisle::cli
