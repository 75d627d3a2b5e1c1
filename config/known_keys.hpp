// The keys that the readers understand, from the readers themselves.
#pragma once

#include <set>
#include <string>

namespace aisle::config {

// As "ble", "ble.speed", "zones[].receivers[].id".
[[nodiscard]] std::set<std::string> known_keys();

}  // namespace aisle::config
