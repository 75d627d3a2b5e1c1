// A histogram of levels inside and outside, drawn with block characters.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/calibrate/proposal.hpp"

namespace aisle::calibrate {

// Lines from the loudest level down, at most kMostRows of levels, with the thresholds where they lie. Both spans
// sorted; empty where there are no levels at all.
inline constexpr int kMostRows = 16;
[[nodiscard]] std::vector<std::string> chart(std::span<const double> inside, std::span<const double> outside,
                                             const Proposal& proposal);

}  // namespace aisle::calibrate
