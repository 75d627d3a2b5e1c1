// What of a changed configuration file can be taken over while the daemon runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/base/ed25519.hpp"
#include "config/config.hpp"

namespace aisle::app {

struct ReloadReport {
  std::vector<std::string> applied;  // keys, as "outbox.max_rows"; those in arrays of tables by the array, as "zones"
  std::vector<std::string> restart;  // changed in the file, in force after a restart only
};

// Takes the keys that can change live over from `fresh` into `current`: [log], [outbox], [time], [commands] and
// privacy.consent_max_age_h.
[[nodiscard]] ReloadReport take_over(config::Config& current, const config::Config& fresh);

// The key that signs commands, if one is pinned. Error: the file cannot be read or holds no key.
[[nodiscard]] Result<std::optional<Ed25519Public>> pinned_key(const config::CommandsSection& commands);

}  // namespace aisle::app
