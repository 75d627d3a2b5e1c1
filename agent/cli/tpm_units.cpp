#include "agent/cli/tpm_units.hpp"

#include <grp.h>
#include <unistd.h>

#include <filesystem>

#include "agent/cli/command.hpp"

namespace aisle::cli {
namespace fs = std::filesystem;

namespace {

constexpr const char* kShipped = "/usr/share/aisle/tpm.conf";
constexpr const char* kGroup = "tss";  // that it names; a unit that names one that is not there does not start

}  // namespace

Status let_services_at_tpm(const std::string& state_dir) {
  std::error_code error;
  if (geteuid() != 0 || state_dir != Common().state_dir || !fs::exists(kShipped, error)) return {};
  if (getgrnam(kGroup) == nullptr)
    return fail("there is no group {}, which may use a TPM: install the package libtpm2-pkcs11-1", kGroup);
  for (const char* unit : {"aisle-agent", "aisle-renew"}) {
    const fs::path folder = fmt::format("/etc/systemd/system/{}.service.d", unit);
    const fs::path link = folder / "tpm.conf";
    if (fs::exists(link, error)) continue;
    fs::remove(link, error);  // one that leads nowhere
    fs::create_directories(folder, error);
    if (!error) fs::create_symlink(kShipped, link, error);
    if (error) return fail("{}: {}", link.string(), error.message());
  }
  return {};
}

}  // namespace aisle::cli
