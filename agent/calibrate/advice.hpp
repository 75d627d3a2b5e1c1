// What a proposal means, and what to do about it, in sentences for a technician.
#pragma once

#include <string>
#include <vector>

#include "agent/calibrate/proposal.hpp"

namespace aisle::calibrate {

// "inside and \"at the border\" overlap: 22 % of the time somebody inside is missed, ..."
[[nodiscard]] std::string finding(const Proposal& proposal);
// Empty where nothing is to be done.
[[nodiscard]] std::vector<std::string> advice(const Proposal& proposal);

}  // namespace aisle::calibrate
