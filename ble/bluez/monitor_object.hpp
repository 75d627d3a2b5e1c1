// Our advertisement monitor as objects on the bus. Included by bus.cpp only.
#pragma once

#include <systemd/sd-bus.h>

#include <memory>

#include "agent/base/result.hpp"
#include "ble/bluez/monitor.hpp"

namespace aisle::bluez {

// `handler` runs while `bus`, which outlives the result, processes messages.
Result<std::unique_ptr<Exported>> export_monitor_objects(sd_bus* bus, const MonitorSpec& spec, MonitorHandler handler);

}  // namespace aisle::bluez
