// Files as the daemon opens them, also for root.
#pragma once

#include <string>

#include "agent/base/result.hpp"

namespace aisle::doctor {

// From now on this thread of root's, and those that it starts, open files as the owner of `directory`: what the
// daemon's user may not read is not read for its configuration, nor found good. No effect for others, and where root
// owns it. True: it had an effect. Error: it ought to have had one.
[[nodiscard]] Result<bool> open_files_as_owner(const std::string& directory);

}  // namespace aisle::doctor
