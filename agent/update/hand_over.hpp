// Files below "update" of the state directory, by which the daemon hands an update over: it lays the signed command
// aside, `aisle-fetch.service` (the same user) gets the package, `aisle-update.service` (root) installs it. Each step
// is one rename, and the next service starts when it sees the new name.
#pragma once

#include <optional>
#include <string>

#include "agent/base/fd.hpp"
#include "agent/update/order.hpp"
#include "agent/update/outcome.hpp"

namespace aisle::update {

namespace names {
inline constexpr const char* kFolder = "update";
inline constexpr const char* kOffer = "offer.json";      // waits for its time
inline constexpr const char* kRequest = "request.json";  // to be fetched
inline constexpr const char* kReady = "ready.json";      // to be installed, with:
inline constexpr const char* kTold = "told";             // the command of which the cloud knows what became
inline constexpr const char* kPackage = "package.deb";
inline constexpr const char* kOutcome = "outcome.json";  // of what did not come as far as root, here; root has its own
}  // namespace names

inline constexpr const char* kRootFolder = "/var/lib/aisle-update";

// The file that says whose updates root installs, and for which gateway: beside the configuration, where the daemon's
// user cannot write.
[[nodiscard]] std::string trust_path(const std::string& config_path);

class HandOver {
 public:
  // `root_folder`: where the installer says what became of it.
  HandOver(const std::string& state_dir, std::string root_folder)
      : folder_(state_dir + "/" + names::kFolder), root_folder_(std::move(root_folder)) {}

  // Lays it aside, in place of one that waits.
  Status offer(const sync::CommandMessage& command);
  // The command that waits.
  [[nodiscard]] std::optional<sync::CommandMessage> waiting() const;
  // Its time has come.
  Status request();
  // What is to be fetched, as far as it can be read.
  [[nodiscard]] Outcome requested() const;
  // What waited or was requested ended before the installer had it.
  Status end(const Outcome& outcome);
  // Keeps other downloads out as long as it lives. Error: one is at work.
  [[nodiscard]] Result<Fd> lock() const;
  // The package is there, whole.
  Status ready();

  [[nodiscard]] Outcome standing() const;
  Status note_told(const std::string& command) const;
  [[nodiscard]] std::string told() const;
  [[nodiscard]] std::string path(const char* name) const { return folder_ + "/" + name; }

 private:
  std::string folder_, root_folder_;
};

}  // namespace aisle::update
