// The gateway's services and the machine's TPM.
#pragma once

#include <string>

#include "agent/base/result.hpp"

namespace aisle::cli {

// As root, where the package is installed and the state directory is the services': links what lets them at the TPM
// into their units, which counts from the next `systemctl daemon-reload` on. Else no effect.
[[nodiscard]] Status let_services_at_tpm(const std::string& state_dir);

}  // namespace aisle::cli
