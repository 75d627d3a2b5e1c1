// Variables of the environment as keys of the configuration: AISLE_SYNC__HOST is `host` of [sync].
#pragma once

#include <toml++/toml.h>

#include "config/problems.hpp"
#include "config/sources.hpp"

namespace aisle::config {

// The document that they make; those that name no key are problems.
[[nodiscard]] toml::table environment_document(const Environment& environment, Problems& problems);

}  // namespace aisle::config
