// Which devices a radio has heard of late, and how strongly. Pure; not thread-safe; memory is bounded.
#pragma once

#include <array>
#include <cstddef>

#include "agent/base/time.hpp"
#include "agent/model/ids.hpp"

namespace aisle {

// Below `slots`, and even for addresses that are alike.
[[nodiscard]] std::size_t address_slot(const Address& address, std::size_t slots);

struct RecentDevice {
  Address address;
  double level_dbm = -127;               // smoothed over about the last four adverts of a known strength
  std::array<SteadyTime, 3> heard_at{};  // the last adverts, newest first; the zero time where there were fewer
  [[nodiscard]] SteadyTime newest() const { return heard_at.front(); }
  [[nodiscard]] SteadyTime third_newest() const { return heard_at.back(); }
};

class RecentDevices {
 public:
  // A device that was heard within this time keeps its slot against others.
  static constexpr Duration kKept = seconds(10);

  // Constant time.
  void heard(const Address& address, Dbm rssi, SteadyTime now);
  // Null where it is not remembered.
  [[nodiscard]] const RecentDevice* find(const Address& address) const;
  // Each that was heard at or after `since`.
  template <class Visit>
  void visit_since(SteadyTime since, Visit&& visit) const {
    for (const auto& device : slots_) {
      if (device.newest() != SteadyTime{} && device.newest() >= since) visit(device);
    }
  }
  void clear() { slots_.fill({}); }

 private:
  std::array<RecentDevice, 256> slots_{};  // by hash of the address
};

}  // namespace aisle
