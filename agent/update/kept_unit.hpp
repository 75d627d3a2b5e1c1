// The unit that recovers, as the version before has it, for as long as an update is under way: the next start of the
// machine finds it whatever the new package has made of its own units.
#pragma once

#include <string>

#include "agent/base/result.hpp"

namespace aisle::update {

inline constexpr const char* kKeptUnit = "aisle-update-recover-kept.service";

// Copies `shipped` into `units`, where the administrator's units are, and has it wanted by multi-user.target.
[[nodiscard]] Status keep_unit(const std::string& shipped, const std::string& units);
// There may be none.
void forget_unit(const std::string& units);

}  // namespace aisle::update
