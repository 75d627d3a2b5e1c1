#pragma once

#include <string>

#include "agent/base/result.hpp"

namespace aisle::cli {

// Root goes on as the owner of `directory`, for good, so that what it makes there the daemon's user can use. No effect
// for others, and where root owns it.
[[nodiscard]] Status act_as_owner(const std::string& directory);
// The same, as a member of the group of `device` too, where that is there.
[[nodiscard]] Status act_as_owner(const std::string& directory, const std::string& device);

}  // namespace aisle::cli
