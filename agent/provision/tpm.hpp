// Makes the TPM ready for the gateway's key.
#pragma once

#include <optional>
#include <string>

#include "agent/base/result.hpp"

namespace aisle::provision {

// Error: why there is none, or none for us.
[[nodiscard]] Status tpm_is_there();

// Folder, PIN, token and key of `tpm_place`, each where it is missing. What a copied card has brought along is put
// aside, for another TPM cannot read it. Error: what is missing, and what to do. Call it while there is one thread.
[[nodiscard]] Status ready_tpm(const std::string& state_dir, const std::optional<std::string>& machine);

}  // namespace aisle::provision
