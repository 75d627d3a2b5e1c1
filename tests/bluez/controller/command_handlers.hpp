// The functions behind the command table. Each gets the parameters, at least as many bytes as the table demands, and
// gives the return parameters of its Command Complete event (for commands answered by Command Status: the status).
#pragma once

#include "tests/bluez/controller/hci_commands.hpp"

namespace aisle::rig::commands {

[[nodiscard]] Bytes status(HciStatus status);
[[nodiscard]] inline Bytes success() {
  return status(HciStatus::success);
}
// On the wire least significant byte first.
[[nodiscard]] Address read_address(ByteCursor& parameters, bool random);
// Units of 0.625 ms.
[[nodiscard]] Duration slots(unsigned count);

// Accepted and of no consequence here; refused for want of connections.
Bytes accept(HciState& state, ByteCursor& parameters);
Bytes disallow(HciState& state, ByteCursor& parameters);
Bytes no_connection(HciState& state, ByteCursor& parameters);

Bytes reset(HciState& state, ByteCursor& parameters);
Bytes read_local_version(HciState& state, ByteCursor& parameters);
Bytes read_supported_commands(HciState& state, ByteCursor& parameters);  // with the table
Bytes read_local_features(HciState& state, ByteCursor& parameters);
Bytes read_extended_features(HciState& state, ByteCursor& parameters);
Bytes read_buffer_size(HciState& state, ByteCursor& parameters);
Bytes read_bdaddr(HciState& state, ByteCursor& parameters);

Bytes le_read_buffer_size(HciState& state, ByteCursor& parameters);
Bytes le_read_features(HciState& state, ByteCursor& parameters);
Bytes le_read_supported_states(HciState& state, ByteCursor& parameters);
Bytes le_rand(HciState& state, ByteCursor& parameters);
Bytes le_read_transmit_power(HciState& state, ByteCursor& parameters);
Bytes le_read_list_size(HciState& state, ByteCursor& parameters);
Bytes le_read_suggested_data_length(HciState& state, ByteCursor& parameters);
Bytes le_read_maximum_data_length(HciState& state, ByteCursor& parameters);
Bytes le_clear_accept_list(HciState& state, ByteCursor& parameters);
Bytes le_add_to_accept_list(HciState& state, ByteCursor& parameters);
Bytes le_remove_from_accept_list(HciState& state, ByteCursor& parameters);

Bytes le_set_scan_parameters(HciState& state, ByteCursor& parameters);
Bytes le_set_scan_enable(HciState& state, ByteCursor& parameters);
Bytes le_set_extended_scan_parameters(HciState& state, ByteCursor& parameters);

Bytes le_set_random_address(HciState& state, ByteCursor& parameters);
Bytes le_set_advertising_parameters(HciState& state, ByteCursor& parameters);
Bytes le_read_advertising_power(HciState& state, ByteCursor& parameters);
Bytes le_set_advertising_data(HciState& state, ByteCursor& parameters);
Bytes le_set_scan_response(HciState& state, ByteCursor& parameters);
Bytes le_set_advertising_enable(HciState& state, ByteCursor& parameters);

Bytes le_set_set_address(HciState& state, ByteCursor& parameters);
Bytes le_set_extended_advertising_parameters(HciState& state, ByteCursor& parameters);
Bytes le_set_extended_advertising_data(HciState& state, ByteCursor& parameters);
Bytes le_set_extended_scan_response(HciState& state, ByteCursor& parameters);
Bytes le_set_extended_advertising_enable(HciState& state, ByteCursor& parameters);
Bytes le_read_maximum_advertising_length(HciState& state, ByteCursor& parameters);
Bytes le_read_number_of_sets(HciState& state, ByteCursor& parameters);
Bytes le_remove_set(HciState& state, ByteCursor& parameters);
Bytes le_clear_sets(HciState& state, ByteCursor& parameters);

}  // namespace aisle::rig::commands
