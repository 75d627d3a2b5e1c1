// Installs what the daemon handed over, keeps it once the gateway has shown to be healthy with it, else goes back to
// the version and database before. Runs as root and trusts nothing that the daemon's user can write.
#pragma once

#include <string>

#include "agent/base/log.hpp"
#include "agent/update/folder.hpp"
#include "agent/update/order.hpp"
#include "agent/update/trust.hpp"
#include "agent/update/way_back.hpp"

namespace aisle::update {

struct InstallerOptions {
  std::string state_dir;
  std::string folder;   // ours: "/var/lib/aisle-update"
  std::string target;   // of this machine
  Result<Trust> trust;  // error: nothing can be installed, and why
};

class Installer {
 public:
  Installer(InstallerOptions options, System& system, const Clock& clock, const Log& log);

  // What is handed over, or finishes what was interrupted. Error: the outcome cannot be written, or the way back
  // failed; `WayBack::recover` tries again.
  Result<Outcome> apply();

 private:
  struct Plan {
    sync::CommandMessage command;
    Order order;
    Package package;
  };
  // What of it stands up to a look; nothing is changed.
  Result<Plan> examine(const Folder& hand_over);
  Status check_time(const sync::CommandMessage& command, const Due& due) const;
  Status take_package(const Folder& hand_over, const Package& package);
  Status check_package(const Plan& plan, const std::string& installed);
  // What is needed to go back.
  struct Prepared {
    Journal journal;
    std::uint64_t database = 0;  // bytes that its copy may take
  };
  Result<Prepared> prepare(const Plan& plan);
  // The version before reaches the broker, so the new one has to.
  bool stays_online();
  Result<Outcome> carry_out(Prepared prepared);
  // Error: what is wrong with the new version.
  Status try_new(const Journal& journal);
  Status wait_for_health(const Journal& journal);
  [[nodiscard]] std::string path(const char* name) const { return options_.folder + "/" + name; }

  InstallerOptions options_;
  System& system_;
  const Clock& clock_;
  const Log& log_;
  WayBack back_;
};

}  // namespace aisle::update
