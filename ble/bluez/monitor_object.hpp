// Our advertisement monitor as objects on the bus. Included by bus.cpp only, for it knows sdbus-c++ (1.2 and 2.x).
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <memory>

#include "ble/bluez/monitor.hpp"

namespace aisle::bluez {

// `handler` runs while `connection` processes messages. Throws sdbus::Error.
std::unique_ptr<Exported> export_monitor_objects(sdbus::IConnection& connection, const MonitorSpec& spec,
                                                 MonitorHandler handler);

}  // namespace aisle::bluez
