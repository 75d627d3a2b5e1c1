#include "agent/presence/machine.hpp"

#include <algorithm>
#include <cmath>

#include "agent/presence/visit_id.hpp"

namespace aisle::presence {
namespace {

constexpr std::size_t kMaxStaysListed = 256;  // per visit

void list_stay(Visit& visit, const std::string& zone, UnixTime entered) {
  if (visit.zones.size() >= kMaxStaysListed) {
    const auto oldest = std::ranges::find_if(visit.zones, [](const ZoneStay& s) { return s.left.has_value(); });
    if (oldest != visit.zones.end()) visit.zones.erase(oldest);
  }
  visit.zones.push_back({zone, entered, std::nullopt});
}

void close_listed_stay(Visit& visit, const std::string& zone, UnixTime left) {
  const auto open = std::find_if(visit.zones.rbegin(), visit.zones.rend(),
                                 [&](const ZoneStay& s) { return s.zone == zone && !s.left; });
  if (open != visit.zones.rend()) open->left = left;
}

}  // namespace

Machine::Machine(PresenceOptions options, std::vector<ZoneSpec> zones, VisitNumbers& numbers,
                 PresenceListener& listener)
    : options_(std::move(options)),
      layout_(std::move(zones), options_),
      numbers_(numbers),
      listener_(listener),
      coverage_(layout_),
      population_(options_.max_customers),
      levels_(layout_.receiver_count()) {}

Stamp Machine::arrive(Stamp at) {
  if (started_ && at.mono < latest_.mono) return latest_;
  started_ = true;
  latest_ = at;
  for (Track* track = settle_first(); track != nullptr && *track->queued <= at.mono; track = settle_first())
    run_silence(*track);
  return at;
}

void Machine::on_sighting(const Sighting& sighting, Stamp heard_at) {
  const Stamp at = arrive(heard_at);
  const auto receiver = layout_.find_receiver(sighting.receiver);
  if (!receiver) {
    ++unknown_receiver_;
    return;
  }
  if (!std::isfinite(sighting.rssi_dbm)) return;
  Track* track = population_.find_or_admit(sighting.customer);
  if (track == nullptr) return;
  note(*track, *receiver, sighting, at);
  fill_levels(*track, at.mono);
  support_stays(*track, *receiver, at);
  move(*track, *receiver, sighting, at);
  fire_stays(*track, *receiver, at);
  population_.deadlines().set_no_later(*track, due(*track));
}

void Machine::note(Track& track, std::size_t receiver, const Sighting& sighting, Stamp at) {
  track.last_heard = at;
  auto ring = std::ranges::find_if(track.rings, [&](const auto& entry) { return entry.first == receiver; });
  if (ring == track.rings.end())
    ring = track.rings.emplace(track.rings.end(), receiver, SampleRing(layout_.receiver(receiver).ring));
  const double rssi = std::clamp(sighting.rssi_dbm, -128.0, 127.0);
  sighting.louder ? ring->second.improve(at.mono, rssi) : ring->second.add(at.mono, rssi);
  if (track.state == State::heard) {
    population_.touch(track);
    return;
  }
  track.visit->last_heard = at;
  if (sighting.assurance > track.visit->assurance) {
    track.visit->assurance = sighting.assurance;
    track.visit->carrier = sighting.carrier;
  }
}

void Machine::fill_levels(const Track& track, SteadyTime now) {
  std::ranges::fill(levels_, Level{});
  for (const auto& entry : track.rings) levels_[entry.first] = entry.second.level(now, options_.smoothing_window);
}

void Machine::support_stays(Track& track, std::size_t receiver, Stamp at) {
  for (Stay& stay : track.stays) {
    const auto& zone = layout_.zone(stay.zone);
    if (!zone.heard_by(receiver)) continue;
    stay.last_seen = at;
    if (const auto evidence = zone_evidence(zone, levels_, 1)) {
      stay.evidence = *evidence;
      stay.confidence = confidence_of(*evidence, zone.min_samples);
    }
  }
}

void Machine::move(Track& track, std::size_t receiver, const Sighting& sighting, Stamp at) {
  entrants_.clear();
  for (const std::size_t layer : layout_.receiver(receiver).layers) {
    if (const auto entrant = leave_in_layer(track, layer, at)) entrants_.push_back(*entrant);
  }
  for (const Entrant& entrant : entrants_) enter(track, entrant, sighting, at);
}

std::optional<Entrant> Machine::leave_in_layer(Track& track, std::size_t layer, Stamp at) {
  const auto present =
      std::ranges::find_if(track.stays, [&](const Stay& stay) { return layout_.zone(stay.zone).layer == layer; });
  if (present == track.stays.end()) return best_entrant(layout_, layer, levels_, std::nullopt);
  const std::size_t zone = present->zone;
  const auto& spot = layout_.zone(zone);
  const bool faded = coverage_.of(zone) == Coverage::up && below_exit(spot, levels_);
  auto entrant = best_entrant(layout_, layer, levels_, zone);
  if (entrant && !faded && !beats(entrant->evidence, zone_evidence(spot, levels_, 1), options_.zone_margin_db))
    entrant.reset();
  if (faded || entrant) exit(track, static_cast<std::size_t>(present - track.stays.begin()), at);
  return entrant;
}

void Machine::fire_stays(Track& track, std::size_t receiver, Stamp at) {
  for (Stay& stay : track.stays) {
    if (!layout_.zone(stay.zone).heard_by(receiver)) continue;
    const auto& steps = layout_.spec(stay.zone).dwell;
    while (stay.dwell_steps_done < steps.size() && at.mono - stay.entered.mono >= steps[stay.dwell_steps_done]) {
      const seconds step = steps[stay.dwell_steps_done++];
      listener_.on_zone_dwelled(*track.visit, stay, step, at);
    }
    if (stay.next_offer_due && *stay.next_offer_due <= at.mono) {
      stay.next_offer_due.reset();
      listener_.on_stay_due(*track.visit, stay, at);
    }
  }
}

void Machine::start_visit(Track& track, const Sighting& sighting, Stamp at) {
  population_.keep(track);
  track.state = State::visiting;
  track.visit = std::make_unique<Visit>();
  Visit& visit = *track.visit;
  const std::int32_t day = utc_day(at.wall);
  visit.id = visit_id(options_.store, track.customer, day, numbers_.next(track.customer, day));
  visit.customer = track.customer;
  visit.assurance = sighting.assurance;
  visit.carrier = sighting.carrier;
  visit.started = at;
  visit.last_heard = at;
  ++visits_open_;
  listener_.on_visit_started(visit);
}

void Machine::enter(Track& track, const Entrant& entrant, const Sighting& sighting, Stamp at) {
  if (track.state == State::heard) start_visit(track, sighting, at);
  Stay stay;
  stay.zone = entrant.zone;
  stay.zone_id = layout_.spec(entrant.zone).id;
  stay.entered = at;
  stay.last_seen = at;
  stay.evidence = entrant.evidence;
  stay.confidence = confidence_of(entrant.evidence, layout_.zone(entrant.zone).min_samples);
  list_stay(*track.visit, stay.zone_id, at.wall);
  track.stays.push_back(std::move(stay));
  listener_.on_zone_entered(*track.visit, track.stays.back(), at);
}

void Machine::exit(Track& track, std::size_t stay_index, Stamp at) {
  Stay stay = std::move(track.stays[stay_index]);
  track.stays.erase(track.stays.begin() + static_cast<std::ptrdiff_t>(stay_index));
  track.last_zone = stay.zone;
  close_listed_stay(*track.visit, stay.zone_id, at.wall);
  listener_.on_zone_exited(*track.visit, stay, at);
}

void Machine::end_visit(Track& track, EndReason reason, Stamp at, bool exits_at_last_seen) {
  while (!track.stays.empty()) exit(track, 0, exits_at_last_seen ? track.stays.front().last_seen : at);
  --visits_open_;
  listener_.on_visit_ended(*track.visit, reason, at);
  population_.remove(track);
}

void Machine::forget(std::string_view customer, EndReason reason, Stamp now) {
  const Stamp at = arrive(now);
  Track* track = population_.find(customer);
  if (track == nullptr) return;
  if (track->state == State::visiting) {
    end_visit(*track, reason, at, false);
  } else {
    population_.remove(*track);
  }
}

void Machine::end_all(EndReason reason, Stamp now) {
  const Stamp at = arrive(now);
  while (!population_.all().empty()) {
    Track& track = *population_.all().begin()->second;
    if (track.state == State::visiting) {
      end_visit(track, reason, at, false);
    } else {
      population_.remove(track);
    }
  }
}

}  // namespace aisle::presence
