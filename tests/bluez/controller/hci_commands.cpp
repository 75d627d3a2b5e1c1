#include "tests/bluez/controller/hci_commands.hpp"

#include <algorithm>
#include <array>

#include "tests/bluez/controller/command_handlers.hpp"
#include "tests/bluez/controller/hci_events.hpp"

namespace aisle::rig {
namespace {

using Handler = Bytes (*)(HciState&, ByteCursor&);

// Extended: a legacy controller does not know it; legacy: one that has left those behind; classic: one with low energy
// alone.
enum class Offered : std::uint8_t { always, legacy, extended, classic };
enum class Answer : std::uint8_t { complete, status_only };  // by Command Complete or Command Status

struct Command {
  std::uint16_t opcode;
  std::uint8_t octet;  // its place in the supported commands (Vol 4 Part E 6.27); 0xFF: none there
  std::uint8_t bit;
  std::uint8_t parameters;  // bytes, at least
  Handler run;
  Offered offered = Offered::always;
  Answer answer = Answer::complete;
};

constexpr std::uint8_t kUnlisted = 0xFF;

// What a BR/EDR radio says of itself: success, and nothing.
template <std::size_t kBytes>
Bytes zeros(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return Bytes(kBytes);
}

// By opcode.
constexpr std::array kTable{
    Command{0x0406, 0, 5, 3, commands::no_connection, Offered::always, Answer::status_only},    // Disconnect
    Command{0x0C01, 5, 6, 8, commands::accept},                                                 // Set Event Mask
    Command{0x0C03, 5, 7, 0, commands::reset},                                                  // Reset
    Command{0x0C05, kUnlisted, 0, 1, commands::accept, Offered::classic},                       // Set Event Filter
    Command{0x0C13, kUnlisted, 0, 248, commands::accept, Offered::classic},                     // Write Local Name
    Command{0x0C14, kUnlisted, 0, 0, zeros<249>, Offered::classic},                             // Read Local Name
    Command{0x0C16, kUnlisted, 0, 2, commands::accept, Offered::classic},                       // Write Accept Timeout
    Command{0x0C1A, kUnlisted, 0, 1, commands::accept, Offered::classic},                       // Write Scan Enable
    Command{0x0C20, kUnlisted, 0, 1, commands::accept, Offered::classic},                       // Write Authentication
    Command{0x0C23, kUnlisted, 0, 0, zeros<4>, Offered::classic},                               // Read Class of Device
    Command{0x0C24, kUnlisted, 0, 3, commands::accept, Offered::classic},                       // Write Class of Device
    Command{0x0C25, kUnlisted, 0, 0, zeros<3>, Offered::classic},                               // Read Voice Setting
    Command{0x0C38, kUnlisted, 0, 0, zeros<2>, Offered::classic},                               // Read Number of IAC
    Command{0x0C39, kUnlisted, 0, 0, zeros<2>, Offered::classic},                               // Read Current IAC
    Command{0x0C63, kUnlisted, 0, 8, commands::accept},                                         // Set Event Mask Page 2
    Command{0x0C6D, kUnlisted, 0, 2, commands::accept},                                         // Write LE Host Support
    Command{0x1001, 14, 3, 0, commands::read_local_version},                                    //
    Command{0x1002, 14, 4, 0, commands::read_supported_commands},                               //
    Command{0x1003, 14, 5, 0, commands::read_local_features},                                   //
    Command{0x1004, kUnlisted, 0, 1, commands::read_extended_features},                         //
    Command{0x1005, 14, 7, 0, commands::read_buffer_size},                                      //
    Command{0x1009, 15, 1, 0, commands::read_bdaddr},                                           //
    Command{0x2001, 25, 0, 8, commands::accept},                                                // LE Set Event Mask
    Command{0x2002, 25, 1, 0, commands::le_read_buffer_size},                                   //
    Command{0x2003, 25, 2, 0, commands::le_read_features},                                      //
    Command{0x2005, 25, 4, 6, commands::le_set_random_address},                                 //
    Command{0x2006, 25, 5, 15, commands::le_set_advertising_parameters, Offered::legacy},       //
    Command{0x2007, 25, 6, 0, commands::le_read_advertising_power, Offered::legacy},            //
    Command{0x2008, 25, 7, 32, commands::le_set_advertising_data, Offered::legacy},             //
    Command{0x2009, 26, 0, 32, commands::le_set_scan_response, Offered::legacy},                //
    Command{0x200A, 26, 1, 1, commands::le_set_advertising_enable, Offered::legacy},            //
    Command{0x200B, 26, 2, 7, commands::le_set_scan_parameters, Offered::legacy},               //
    Command{0x200C, 26, 3, 2, commands::le_set_scan_enable, Offered::legacy},                   //
    Command{0x200D, 26, 4, 25, commands::disallow, Offered::legacy, Answer::status_only},       // Create Connection
    Command{0x200E, 26, 5, 0, commands::disallow},                                              // ... Cancel
    Command{0x200F, 26, 6, 0, commands::le_read_list_size},                                     // accept list
    Command{0x2010, 26, 7, 0, commands::le_clear_accept_list},                                  //
    Command{0x2011, 27, 0, 7, commands::le_add_to_accept_list},                                 //
    Command{0x2012, 27, 1, 7, commands::le_remove_from_accept_list},                            //
    Command{0x2013, 27, 2, 14, commands::no_connection, Offered::always, Answer::status_only},  // Connection Update
    Command{0x2018, 27, 7, 0, commands::le_rand},                                               //
    Command{0x201C, 28, 3, 0, commands::le_read_supported_states},                              //
    Command{0x2023, 33, 7, 0, commands::le_read_suggested_data_length},                         //
    Command{0x2024, 34, 0, 4, commands::accept},                                                // Write Suggested ...
    Command{0x2027, 34, 3, 39, commands::accept},                                               // resolving list: add
    Command{0x2028, 34, 4, 7, commands::accept},                                                // remove
    Command{0x2029, 34, 5, 0, commands::accept},                                                // clear
    Command{0x202A, 34, 6, 0, commands::le_read_list_size},                                     // size
    Command{0x202D, 35, 1, 1, commands::accept},                                                // resolution enable
    Command{0x202E, 35, 2, 2, commands::accept},                                                // RPA timeout
    Command{0x202F, 35, 3, 0, commands::le_read_maximum_data_length},                           //
    Command{0x2031, 35, 5, 3, commands::accept},                                                // Set Default PHY
    Command{0x2035, 36, 1, 7, commands::le_set_set_address, Offered::extended},                 //
    Command{0x2036, 36, 2, 25, commands::le_set_extended_advertising_parameters, Offered::extended},
    Command{0x2037, 36, 3, 4, commands::le_set_extended_advertising_data, Offered::extended},
    Command{0x2038, 36, 4, 4, commands::le_set_extended_scan_response, Offered::extended},
    Command{0x2039, 36, 5, 2, commands::le_set_extended_advertising_enable, Offered::extended},
    Command{0x203A, 36, 6, 0, commands::le_read_maximum_advertising_length, Offered::extended},
    Command{0x203B, 36, 7, 0, commands::le_read_number_of_sets, Offered::extended},
    Command{0x203C, 37, 0, 1, commands::le_remove_set, Offered::extended},
    Command{0x203D, 37, 1, 0, commands::le_clear_sets, Offered::extended},
    Command{0x2041, 37, 5, 8, commands::le_set_extended_scan_parameters, Offered::extended},
    Command{0x2042, 37, 6, 6, commands::le_set_scan_enable, Offered::extended},  // its first two bytes are the same
    Command{0x2043, 37, 7, 10, commands::disallow, Offered::extended, Answer::status_only},
    Command{0x204B, 38, 7, 0, commands::le_read_transmit_power},
    Command{0x204E, 39, 2, 8, commands::accept}};  // Set Privacy Mode

bool offered(const Command& command, const HciState& state) {
  switch (command.offered) {
    case Offered::always:
      break;
    case Offered::legacy:
      return state.legacy;
    case Offered::extended:
      return state.extended;
    case Offered::classic:
      return state.classic;
  }
  return true;
}

const Command* find_command(std::uint16_t opcode, const HciState& state) {
  const auto* const found = std::lower_bound(kTable.begin(), kTable.end(), opcode,
                                             [](const Command& c, std::uint16_t o) { return c.opcode < o; });
  return found != kTable.end() && found->opcode == opcode && offered(*found, state) ? found : nullptr;
}

Bytes answer(const Command& command, const Bytes& returned) {
  if (command.answer == Answer::complete) return command_complete(command.opcode, returned);
  return command_status(command.opcode, std::to_integer<std::uint8_t>(returned.front()));
}

}  // namespace

Bytes commands::read_supported_commands(HciState& state, ByteCursor& /*parameters*/) {
  Bytes out(1 + 64);
  for (const Command& command : kTable) {
    if (command.octet == kUnlisted || !offered(command, state)) continue;
    out[1U + command.octet] |= std::byte{1} << command.bit;
  }
  return out;
}

std::optional<CommandReply> execute_command(HciState& state, ByteSpan command) {
  ByteCursor cursor(command);
  CommandReply reply;
  reply.opcode = cursor.u16(ByteOrder::little);
  const std::size_t length = cursor.u8();
  if (!cursor.ok()) return std::nullopt;
  const Command* const entry = find_command(reply.opcode, state);
  reply.known = entry != nullptr;
  if (entry == nullptr) {
    reply.packet = command_complete(reply.opcode, commands::status(HciStatus::unknown_command));
  } else if (length != cursor.remaining() || length < entry->parameters) {
    reply.packet = answer(*entry, commands::status(HciStatus::invalid_parameters));
  } else {
    reply.packet = answer(*entry, entry->run(state, cursor));
  }
  return reply;
}

}  // namespace aisle::rig
