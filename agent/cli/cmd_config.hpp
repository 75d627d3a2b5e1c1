// `aislectl config set|unset`.
#pragma once

#include <string>

#include "agent/cli/command.hpp"

namespace aisle::cli {

// Writes the key into `90-local.toml` beside the configuration, unless the whole would not be valid. Says what changes
// and what that takes. Returns an exit code.
int set_key(const Common& common, const std::string& key, const std::string& value);
// Takes the key out of `90-local.toml`; what was below it is in force again.
int unset_key(const Common& common, const std::string& key);

}  // namespace aisle::cli
