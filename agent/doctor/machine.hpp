// The machine: memory, Wi-Fi beside Bluetooth, power.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/doctor/finding.hpp"
#include "agent/doctor/tree.hpp"

namespace aisle::doctor {

struct MemoryFacts {
  std::optional<std::uint64_t> available_kb;
  std::optional<std::uint64_t> proportional_kb;  // the daemon's share (PSS)
  std::optional<std::uint64_t> resident_kb;      // what anybody may see of it (RSS)
  std::uint64_t table_bytes = 0;                 // of identity, as the daemon says
  bool running = false;
};
struct WifiFacts {
  std::string model;  // of the device tree; empty: no such machine
  std::string interface;
  bool up = false;
  std::optional<double> ghz;
};
struct PowerFacts {
  bool known = false;
  bool low_now = false, low_before = false, throttled_now = false;
};

[[nodiscard]] MemoryFacts gather_memory(const Tree& tree, int daemon_pid, std::uint64_t table_bytes);
[[nodiscard]] WifiFacts gather_wifi(const Tree& tree);
[[nodiscard]] PowerFacts gather_power(const Tree& tree);

[[nodiscard]] Finding judge_available_memory(const MemoryFacts& facts);
[[nodiscard]] Finding judge_daemon_memory(const MemoryFacts& facts);
[[nodiscard]] Finding judge_wifi(const WifiFacts& facts);
[[nodiscard]] Finding judge_power_supply(const PowerFacts& facts);

}  // namespace aisle::doctor
