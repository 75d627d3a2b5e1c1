// On which machine a state directory lives: a card that was copied, or moved, is noticed by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/result.hpp"

namespace aisle::provision {

// A digest of the board's serial number (Raspberry Pi: the device tree's), which a copied card does not bring along;
// where the board tells none, of the machine id of systemd, else of D-Bus. Nothing where there is none. `root` is ""
// but in tests.
[[nodiscard]] std::optional<std::string> machine_identity(const std::string& root = "");

enum class Bound : std::uint8_t { none, here, elsewhere };
// By the file "machine" of the state directory. Without an identity of ours: `here`.
[[nodiscard]] Bound where_bound(const std::string& state_dir, const std::optional<std::string>& identity);
// No effect without an identity.
[[nodiscard]] Status bind_machine(const std::string& state_dir, const std::optional<std::string>& identity);

}  // namespace aisle::provision
