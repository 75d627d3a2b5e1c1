// A PKCS#11 token made ready for a key.
#pragma once

#include <string>

#include "agent/base/result.hpp"

namespace aisle::sync {

// The token of that name (at most 32 characters) is there and has this PIN: initialised where there is none yet, on the
// module's first blank one. The PIN is its security officer's too, so that what was interrupted is gone on with. The
// PIN of a token that has one is not tried.
[[nodiscard]] Status ready_token(const std::string& module, const std::string& name, const std::string& pin);

}  // namespace aisle::sync
