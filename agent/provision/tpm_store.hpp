// A key in this machine's TPM 2.0: a token of tpm2-pkcs11, which keeps what the TPM has wrapped in a folder of ours.
#pragma once

#include <string>

#include "agent/provision/record.hpp"

namespace aisle::provision {

inline constexpr const char* kTpmDevice = "/dev/tpmrm0";

// "tpm" in the state directory.
[[nodiscard]] std::string tpm_store(const std::string& state_dir);
// What `--key tpm` stands for.
[[nodiscard]] KeyPlace tpm_place(const std::string& state_dir);
[[nodiscard]] bool is_in_tpm(const KeyPlace& place);
// Tells tpm2-pkcs11 where its folder is, which it takes from the environment only; nothing where that is not there.
// What the environment says already stays. Call it while there is one thread.
void use_tpm_store(const std::string& state_dir);

}  // namespace aisle::provision
