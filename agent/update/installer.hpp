// Installs what the daemon handed over, keeps it once the gateway has shown to be healthy with it, else goes back to
// the version and database before. Runs as root and trusts nothing that the daemon's user can write.
//
//   prepared -> installing -> confirmed
//                    \------> rolling_back
//
// An interruption at any point is finished by `recover`: before `installing` nothing had changed, after it the way back
// is taken, unless it was confirmed.
#pragma once

#include <initializer_list>
#include <string>

#include "agent/base/ed25519.hpp"
#include "agent/base/log.hpp"
#include "agent/update/database_copy.hpp"
#include "agent/update/folder.hpp"
#include "agent/update/journal.hpp"
#include "agent/update/order.hpp"
#include "agent/update/outcome.hpp"
#include "agent/update/system.hpp"

namespace aisle::update {

// Whose commands to whom are carried out.
struct Trust {
  Site site;
  Ed25519Public key;
};

struct InstallerOptions {
  std::string state_dir;
  std::string folder;   // ours: "/var/lib/aisle-update"
  Result<Trust> trust;  // error: nothing can be installed, and why
};

class Installer {
 public:
  Installer(InstallerOptions options, System& system, const Clock& clock, const Log& log);

  // Keeps other installers out as long as it lives; makes the folder. Error: one is at work.
  [[nodiscard]] static Result<Fd> lock(const std::string& folder);
  // What is handed over. Error: the outcome cannot be written, or the way back failed; `recover` tries again.
  Result<Outcome> apply();
  // Finishes what was interrupted; `none`: nothing was. Neither waits for the daemon nor needs trust.
  Result<Outcome> recover();

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
  [[nodiscard]] bool must_restore(const Journal& journal);
  [[nodiscard]] bool is_back(const Journal& journal);
  Status install_old(const Journal& journal, int attempts);
  Result<Outcome> roll_back(Journal journal, std::string why, bool wait);
  Result<Outcome> finish(const Outcome& outcome);
  void make_room(std::initializer_list<const char*> names);
  [[nodiscard]] std::string path(const char* name) const { return options_.folder + "/" + name; }
  Status note(const Journal& journal);

  InstallerOptions options_;
  System& system_;
  const Clock& clock_;
  const Log& log_;
  DatabaseCopy database_;
};

}  // namespace aisle::update
