// What is asked of bluetoothd and of the D-Bus daemon, for each purpose of a session. Pure.
#pragma once

#include <string>
#include <vector>

#include "ble/bluez/bus.hpp"

namespace aisle::bluez {

enum class Purpose {
  adverts,  // every advert comes as a signal of its device
  control,  // the radio scans, somebody else reads what it hears
};

// Match rules. For `control` they bring no signal of any device; for `adverts` those of the devices of the adapter that
// `wanted` names, of all adapters where it is empty or an address.
[[nodiscard]] std::vector<std::string> match_rules(Purpose purpose, const std::string& wanted);

// The argument of SetDiscoveryFilter. Never left out: without a filter bluetoothd pauses 5 s in every 15 s.
[[nodiscard]] Options discovery_filter(Purpose purpose);

}  // namespace aisle::bluez
