// Executes HCI commands as an LE-only controller does: one table, one small function each. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "ble/hci_reports/byte_cursor.hpp"
#include "tests/bluez/controller/hci_state.hpp"

namespace aisle::rig {

enum class HciStatus : std::uint8_t {
  success = 0x00,
  unknown_command = 0x01,
  unknown_connection = 0x02,
  memory_exceeded = 0x07,
  command_disallowed = 0x0C,
  invalid_parameters = 0x12,
  unknown_advertising_set = 0x42
};

struct CommandReply {
  std::uint16_t opcode = 0;
  bool known = true;
  Bytes packet;  // the event for the host
};

// `command` is opcode, parameter length and parameters, without the H4 indicator. Empty: it is too short to name an
// opcode. A length that does not fit, or parameters shorter than the command's, give "invalid parameters".
[[nodiscard]] std::optional<CommandReply> execute_command(HciState& state, ByteSpan command);

}  // namespace aisle::rig
