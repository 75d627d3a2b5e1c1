// A scan that the kernel runs and nobody listens to: no bluetoothd, no management socket.
#pragma once

#include <cstdint>

#include "agent/base/result.hpp"

namespace aisle::radio {

// Switches hci<index> on and has it scan, 11.25 ms of every 11.25 ms as in bluetoothd's discovery. Needs CAP_NET_ADMIN.
[[nodiscard]] Status scan_without_listener(std::uint16_t index);

}  // namespace aisle::radio
