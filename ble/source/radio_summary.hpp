// Several radios in the words of one. Pure.
#pragma once

#include <string>
#include <vector>

#include "ble/source/source.hpp"

namespace aisle {

// The state is theirs where they agree, so "hearing" means all of them; "degraded" while some hear and some do not;
// "not hearing" where none does, each for a cause of its own. The detail names those that do not hear. Counters are
// sums, `radios` is kept. At least one radio.
[[nodiscard]] SourceStatus summarize(std::string source, std::vector<RadioStatus> radios);

}  // namespace aisle
