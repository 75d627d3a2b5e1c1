// What the machine shows to people.
#include "agent/presence/machine.hpp"

namespace aisle::presence {

PresenceStats Machine::stats() const {
  return {population_.all().size(), visits_open_, population_.forgotten(), unknown_receiver_};
}

std::vector<PresenceRow> Machine::rows() const {
  std::vector<PresenceRow> rows;
  for (const auto& entry : population_.all()) {
    const Track& track = *entry.second;
    if (track.state != State::visiting) continue;
    const Visit& visit = *track.visit;
    for (const Stay& stay : track.stays) {
      rows.push_back(
          {visit.customer, visit.id, stay.zone_id, stay.entered.wall, visit.last_heard.wall, stay.evidence.rssi_dbm});
    }
    if (track.stays.empty())
      rows.push_back({visit.customer, visit.id, "", visit.started.wall, visit.last_heard.wall, 0.0});
  }
  return rows;
}

void Machine::shift_wall(Duration by) {
  latest_.wall += by;
  for (const auto& entry : population_.all()) {
    Track& track = *entry.second;
    track.last_heard.wall += by;
    for (Stay& stay : track.stays) {
      stay.entered.wall += by;
      stay.last_seen.wall += by;
    }
    if (!track.visit) continue;
    track.visit->started.wall += by;
    track.visit->last_heard.wall += by;
    for (ZoneStay& stay : track.visit->zones) {
      stay.entered += by;
      if (stay.left) *stay.left += by;
    }
  }
}

}  // namespace aisle::presence
