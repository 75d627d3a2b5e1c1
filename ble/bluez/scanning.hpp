// How a radio may be asked to scan.
#pragma once

#include <cstdint>

namespace aisle {

enum class Scanning : std::uint8_t {
  automatic,  // filtered discovery, and an advertisement monitor where bluetoothd allows it
  active,     // filtered discovery alone
  passive     // a monitor alone, nothing is sent on the air; discovery where there cannot be one
};

}  // namespace aisle
