// From sdbus-c++ messages to plain values. Included by bus.cpp only. Throws sdbus::Error where the outer signature of a
// message is not the expected one; a property of an unexpected type is no error but an empty Value.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include "ble/bluez/bus.hpp"

namespace aisle::bluez {

// monostate as the body of signals that are none of ours.
Signal decode_signal(sdbus::Message& message);
Reply decode_reply(sdbus::Message& message, ReplyKind kind);

}  // namespace aisle::bluez
