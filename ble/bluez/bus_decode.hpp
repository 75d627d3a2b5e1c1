// From sdbus-c++ messages to plain values. Included by bus.cpp only.
#pragma once

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <optional>

#include "ble/bluez/bus.hpp"

namespace aisle::bluez {

// What is read are the properties that this module asks for, where they have the type that BlueZ documents; others are
// passed over. The result lives as long as the message.

// The message within sdbus-c++'s (1.2 and 2.x alike), which shows it to derived classes alone.
[[nodiscard]] sd_bus_message* raw_of(const sdbus::Message& message);

// Nothing where a message has not the signature that its name promises. monostate as the body of signals that are none
// of ours.
[[nodiscard]] std::optional<Signal> decode_signal(sd_bus_message* message);
// Nothing where it is not the reply that was expected.
[[nodiscard]] std::optional<Reply> decode_reply(const sdbus::Message& message, ReplyKind kind);

}  // namespace aisle::bluez
