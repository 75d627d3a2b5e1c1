// From D-Bus messages to plain values. Included by bus.cpp only. A property of an unexpected type is no error but an
// empty Value.
#pragma once

#include <systemd/sd-bus.h>

#include <optional>

#include "ble/bluez/bus.hpp"

namespace aisle::bluez {

// monostate as the body of signals that are none of ours. Nothing: its signature is not the one that its name promises.
[[nodiscard]] std::optional<Signal> decode_signal(sd_bus_message* message);
[[nodiscard]] std::optional<Reply> decode_reply(sd_bus_message* message, ReplyKind kind);

}  // namespace aisle::bluez
