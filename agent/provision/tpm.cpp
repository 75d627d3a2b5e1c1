#include "agent/provision/tpm.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "agent/base/credential.hpp"
#include "agent/base/durable_file.hpp"
#include "agent/base/random.hpp"
#include "agent/provision/key.hpp"
#include "agent/provision/machine.hpp"
#include "agent/provision/tpm_store.hpp"
#include "sync/mqtt/pkcs11_token.hpp"

namespace aisle::provision {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPinLength = 32;
constexpr const char* kToken = "aisle";

Status put_aside(const std::string& store) {
  std::error_code error;
  if (!fs::exists(store, error)) return {};
  const std::string aside = store + ".other";
  fs::remove_all(aside, error);
  return rename_durably(store, aside);
}

Result<std::string> pin_of(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0) return read_secret(path);
  SystemRandom random;
  std::string pin = random.identifier(kPinLength);
  if (auto written = write_durably(path, pin + "\n", ""); !written) return tl::unexpected(written.error());
  return pin;
}

}  // namespace

// Where the environment names another way to a TPM, it is none of ours to look at.
Status tpm_is_there() {
  if (std::getenv("TPM2_PKCS11_TCTI") != nullptr || access(kTpmDevice, R_OK | W_OK) == 0) return {};
  if (errno == ENOENT)
    return fail("this machine has no TPM 2.0, or it is switched off in its firmware: no {}", kTpmDevice);
  return fail("{}: {}; run this as root, or as a member of its group", kTpmDevice, std::strerror(errno));
}

Status ready_tpm(const std::string& state_dir, const std::optional<std::string>& machine) {
  const std::string store = tpm_store(state_dir);
  if (auto there = tpm_is_there(); !there) return there;
  // The state directory is bound when all is done, the store at once: another attempt goes on with the key of this one.
  if (where_bound(state_dir, machine) == Bound::elsewhere && where_bound(store, machine) != Bound::here) {
    if (auto aside = put_aside(store); !aside) return aside;
  }
  if (mkdir(store.c_str(), 0700) != 0 && errno != EEXIST) return fail("{}: {}", store, std::strerror(errno));
  if (auto bound = bind_machine(store, machine); !bound) return bound;
  use_tpm_store(state_dir);
  const KeyPlace place = tpm_place(state_dir);
  const auto pin = pin_of(place.pin_file);
  if (!pin) return tl::unexpected(pin.error());
  if (auto ready = sync::ready_token(place.module, kToken, *pin); !ready)
    return tl::unexpected(
        ready.error().within("the TPM does not serve us; is the package libtpm2-pkcs11-1 installed?"));
  if (const auto key = GatewayKey::on_token(place); !key) {
    return tl::unexpected(key.error().within(
        fmt::format("{} is not of this TPM, or it was cleared since; move it away, and ask for a new claim", store)));
  }
  return {};
}

}  // namespace aisle::provision
