// The keys that the readers understand, from the readers themselves.
#pragma once

#include <map>
#include <string>

#include "config/problems.hpp"

namespace aisle::config {

// As "ble", "ble.speed", "zones[].receivers[].id"; and what is expected of each.
[[nodiscard]] std::map<std::string, KeyRule> known_keys();

}  // namespace aisle::config
