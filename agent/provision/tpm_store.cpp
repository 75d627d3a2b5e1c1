#include "agent/provision/tpm_store.hpp"

#include <cstdlib>
#include <filesystem>

namespace aisle::provision {
namespace {

constexpr const char* kModule = "libtpm2_pkcs11.so";  // in p11-kit's directory of modules

}  // namespace

std::string tpm_store(const std::string& state_dir) {
  return state_dir + "/tpm";
}

KeyPlace tpm_place(const std::string& state_dir) {
  return {"pkcs11:token=aisle;object=gateway", kModule, tpm_store(state_dir) + "/pin"};
}

bool is_in_tpm(const KeyPlace& place) {
  return place.module == kModule;
}

void use_tpm_store(const std::string& state_dir) {
  std::error_code error;
  const auto store = std::filesystem::absolute(tpm_store(state_dir), error);
  if (error || !std::filesystem::is_directory(store, error)) return;
  constexpr int kKeep = 0;
  setenv("TPM2_PKCS11_STORE", store.c_str(), kKeep);
  // Not whatever answers first: the last that it would try is a port of this machine.
  setenv("TPM2_PKCS11_TCTI", (std::string("device:") + kTpmDevice).c_str(), kKeep);
  // What is wrong we say ourselves; its lines would go between ours.
  setenv("TPM2_PKCS11_LOG_LEVEL", "0", kKeep);
  setenv("TSS2_LOG", "all+none", kKeep);
}

}  // namespace aisle::provision
