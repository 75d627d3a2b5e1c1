// A store scenario as a program: the simulator's or a recording's items, heard by the controller.
#pragma once

#include <memory>
#include <vector>

#include "ble/source/source.hpp"
#include "tests/bluez/controller/program.hpp"

namespace aisle::rig {

struct PlayOptions {
  double speed = 1.0;  // scenario seconds per second; 0: as fast as it goes
  // The scenario's moment that is the program's start; none: the first item's.
  std::optional<UnixTime> origin{};
  // Adverts heard by this receiver only; none: all, whoever heard them.
  std::optional<GatewayId> receiver{};
  // Of adverts up to 31 bytes; longer ones are extended.
  PduKind kind = PduKind::nonconn;
};

// Plays the adverts with their addresses, payloads and RSSI in the reader's order. Receiver states are passed over:
// whoever wants the radio gone unplugs the controller.
[[nodiscard]] std::unique_ptr<Program> make_player(std::unique_ptr<ItemReader> reader, const PlayOptions& options);
[[nodiscard]] std::unique_ptr<Program> make_player(std::vector<SourceItem> items, const PlayOptions& options);

}  // namespace aisle::rig
