#include "agent/cli/examination.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "agent/app/compose.hpp"
#include "agent/app/outbox_json.hpp"
#include "agent/cli/state_access.hpp"
#include "agent/provision/tpm_store.hpp"

namespace aisle::cli {
namespace fs = std::filesystem;

namespace {

// A directory that goes with whoever made it, whatever threads may still want with it.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    std::string pattern = fs::temp_directory_path(error).string() + "/aisle-doctor-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<nlohmann::json> check_copy(const Common& common, const std::string& scratch) {
  if (scratch.empty()) return fail("no temporary directory could be made");
  auto state = OfflineState::open_copy(common, scratch);
  if (!state) return tl::unexpected(state.error());
  const auto check = (*state)->check_outbox();
  if (!check) return tl::unexpected(check.error());
  return nlohmann::json(app::check_json(*check));
}

// What systemd handed to the running service, where we may read it: then "credential:NAME" means the same to us.
void take_credentials() {
  constexpr const char* kOfService = "/run/credentials/aisle-agent.service";
  if (std::getenv("CREDENTIALS_DIRECTORY") == nullptr && access(kOfService, R_OK | X_OK) == 0)
    setenv("CREDENTIALS_DIRECTORY", kOfService, 0);
}

}  // namespace

doctor::Findings examine(const Common& common, const std::string& root) {
  take_credentials();
  provision::use_tpm_store(common.state_dir);
  const Scratch scratch;
  doctor::Request request;
  request.config = common.config;
  request.state_dir = common.state_dir;
  request.root = root;
  request.socket = app::control_path_to_ask(common.state_dir);
  request.check_database = [common, path = scratch.path()] { return check_copy(common, path); };
  return doctor::examine(request);
}

}  // namespace aisle::cli
