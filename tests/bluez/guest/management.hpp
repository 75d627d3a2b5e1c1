// The kernel's management interface, as btmgmt uses it.
#pragma once

#include <cstdint>

namespace aisle::rig {

// Switches LE of hci<index> off or on. 0, the status of the kernel's answer, or -1 where there was none in 2 s.
[[nodiscard]] int set_low_energy(std::uint16_t index, bool on);

}  // namespace aisle::rig
