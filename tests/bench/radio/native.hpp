// One cell of the native measurement: a rate, a crowd and a listener.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "tests/bluez/controller/load.hpp"

namespace aisle::radio {

struct Cell {
  std::string way;  // hci, bluez, sdbus or bleak
  std::uint32_t rate = 0;
  std::uint32_t devices = 0;
};

struct Figures {
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
  std::int64_t p50_us = 0, p99_us = 0, max_us = 0;
  // Over the whole run, adverts and all.
  std::chrono::nanoseconds listener{0}, sender{0}, bus{0};

  [[nodiscard]] double per_advert_us(std::chrono::nanoseconds cpu) const;
  // Another round of the same: adverts and CPU are summed, the latencies are those of the worst round.
  void add(const Figures& round);
};

[[nodiscard]] rig::LoadSpec load_of(const Cell& cell, std::chrono::milliseconds length);

// Of a listener. Throws std::runtime_error where there is none.
void read_report(const nlohmann::json& report, Figures& out);

// Over a private D-Bus daemon. Throws std::runtime_error that says what went wrong.
[[nodiscard]] Figures measure_bus(const Cell& cell, std::chrono::milliseconds length);
// Through a socket in place of the kernel's.
[[nodiscard]] Figures measure_socket(const Cell& cell, std::chrono::milliseconds length);

// After the last advert, for what is still on its way.
inline constexpr std::chrono::milliseconds kSettle{500};

}  // namespace aisle::radio
