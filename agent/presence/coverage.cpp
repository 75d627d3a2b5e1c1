#include "agent/presence/coverage.hpp"

namespace aisle::presence {

CoverageMap::CoverageMap(const Layout& layout)
    : layout_(layout), receiver_up_(layout.receiver_count(), true), zones_(layout.zone_count()) {}

Coverage CoverageMap::of(std::size_t zone) const {
  return zones_[zone].receivers_down == 0 ? Coverage::up : Coverage::unknown;
}

std::vector<std::size_t> CoverageMap::set(std::size_t receiver, bool up, SteadyTime at) {
  std::vector<std::size_t> changed;
  if (receiver_up_[receiver] == up) return changed;
  receiver_up_[receiver] = up;
  for (const std::size_t zone : layout_.receiver(receiver).zones) {
    ZoneState& state = zones_[zone];
    const Coverage before = of(zone);
    if (up) {
      --state.receivers_down;
    } else {
      ++state.receivers_down;
    }
    if (of(zone) == before) continue;
    if (up) state.back_up_at = at;
    changed.push_back(zone);
  }
  return changed;
}

}  // namespace aisle::presence
