// How a virtual controller is built.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/base/time.hpp"
#include "agent/model/ids.hpp"

namespace aisle::rig {

// What the controller's own filter takes for a repetition, while the host asks for filtering.
enum class Duplicates : std::uint8_t { none, address, address_and_data };

struct ControllerOptions {
  Address bdaddr{{0xAA, 0x00, 0x53, 0x5E, 0x00, 0x01}, false};
  bool extended = false;   // Bluetooth 5 extended scanning and advertising
  bool legacy = true;      // the commands for the same of before; false wants `extended`
  bool low_energy = true;  // false: a BR/EDR radio, as far as being set up
  bool classic = false;    // BR/EDR beside low energy, as far as being set up
  Duplicates duplicate_filter = Duplicates::none;
  bool scan_responses = true;         // an advertiser without a scan response of its own gives an empty one
  bool model_duty = false;            // adverts outside of the host's scan window are lost
  double loss = 0;                    // share of adverts lost in the air, 0 to 1
  std::size_t reports_per_event = 1;  // gathered into one event, as some controllers do; at most 25
  Duration command_delay{0};          // before each command is executed and answered
  std::uint64_t seed = 1;
};

}  // namespace aisle::rig
