// What is on the air: one row for each device at each receiver that hears it. Pure; memory is bounded.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/presence/smoothing.hpp"
#include "agent/scan/batch.hpp"

namespace aisle::scan {

struct Smoothing {
  Duration window = seconds{15};
  std::uint32_t samples = 8;
};

struct AirRow {
  std::uint32_t device = 0;
  std::string kind;
  GatewayId receiver;
  std::optional<double> rssi_dbm;  // smoothed as presence does; none: not heard within the window, or never how loud
  std::uint64_t adverts = 0;
  double per_second = 0;  // over the last 32 adverts
  SteadyTime last_heard{};
};

class AirTable {
 public:
  static constexpr std::size_t kMost = 4096;  // rows; the longest silent go first

  explicit AirTable(Smoothing smoothing) : smoothing_(smoothing) {}
  void hear(const Heard& heard);
  // The loudest first, then those without a level, the last heard first. `silent`: rows longer silent are left out.
  [[nodiscard]] std::vector<AirRow> rows(SteadyTime now, std::optional<Duration> silent = std::nullopt) const;
  // Of what was just heard.
  [[nodiscard]] std::optional<AirRow> row(const Heard& heard) const;

 private:
  struct Entry {
    std::string kind;
    presence::SampleRing ring;
    std::deque<SteadyTime> times;  // the last 32
    std::uint64_t adverts = 0;
  };
  using Key = std::pair<std::uint32_t, GatewayId>;
  [[nodiscard]] AirRow row_of(const Key& key, const Entry& entry, SteadyTime now) const;
  void make_room();

  Smoothing smoothing_;
  std::map<Key, Entry> entries_;
};

}  // namespace aisle::scan
