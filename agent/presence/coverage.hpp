// Which zones can be heard: a receiver that is down makes every zone that names it unknown, never empty.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "agent/presence/layout.hpp"

namespace aisle::presence {

class CoverageMap {
 public:
  // All receivers start up.
  explicit CoverageMap(const Layout& layout);

  // Notes the state of a receiver and returns the zones whose coverage it changed, in order. A repeated state changes
  // nothing.
  std::vector<std::size_t> set(std::size_t receiver, bool up, SteadyTime at);

  [[nodiscard]] Coverage of(std::size_t zone) const;
  // When the zone last came back from unknown; nothing when it never was.
  [[nodiscard]] std::optional<SteadyTime> back_up_at(std::size_t zone) const { return zones_[zone].back_up_at; }

 private:
  struct ZoneState {
    std::size_t receivers_down = 0;
    std::optional<SteadyTime> back_up_at;
  };
  const Layout& layout_;
  std::vector<bool> receiver_up_;
  std::vector<ZoneState> zones_;
};

}  // namespace aisle::presence
