// How an update ends: kept, or back to the version and database before; and the recovery of one that was interrupted.
//
//   prepared -> installing -> confirmed
//                    \------> rolling_back
//
// An interruption at any point is finished by `recover`: before `installing` nothing had changed, after it the way back
// is taken, unless it was confirmed. It needs neither configuration nor trust.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "agent/base/fd.hpp"
#include "agent/base/log.hpp"
#include "agent/update/database_copy.hpp"
#include "agent/update/journal.hpp"
#include "agent/update/outcome.hpp"
#include "agent/update/system.hpp"

namespace aisle::update {

// Files of the installer's folder.
namespace own {
inline constexpr const char* kJournal = "journal.json";
inline constexpr const char* kCarriedOut = "carried_out.json";  // stays
inline constexpr const char* kNew = "new.deb";
inline constexpr const char* kOld = "old.deb";
inline constexpr const char* kKeptProgram = "aislectl";
inline constexpr const char* kDatabaseCopy = "database";
}  // namespace own

class WayBack {
 public:
  // `folder`: the installer's.
  WayBack(const std::string& state_dir, std::string folder, System& system, const Log& log);

  // Keeps other installers out as long as it lives; makes the folder. None: one is at work.
  [[nodiscard]] static Result<std::optional<Fd>> lock(const std::string& folder);

  [[nodiscard]] Result<std::optional<Journal>> interrupted() const;
  // Finishes what was interrupted; `none`: nothing was. Does not wait for the daemon.
  Result<Outcome> recover();

  Status note(const Journal& journal);
  // `wait`: for a daemon that is ready. Error: it failed; `recover` tries again.
  Result<Outcome> roll_back(Journal journal, std::string why, bool wait);
  Result<Outcome> finish(const Outcome& outcome);
  void make_room(std::initializer_list<const char*> names);
  [[nodiscard]] DatabaseCopy& database() { return database_; }

 private:
  // Removes what is not to stay: half-written files of a power cut too.
  void sweep();
  [[nodiscard]] bool must_restore(const Journal& journal);
  [[nodiscard]] bool is_back(const Journal& journal);
  Status install_old(const Journal& journal, int attempts);
  [[nodiscard]] std::string path(const char* name) const { return folder_ + "/" + name; }

  std::string folder_;
  System& system_;
  const Log& log_;
  DatabaseCopy database_;
};

}  // namespace aisle::update
