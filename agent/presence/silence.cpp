// The part of the machine that runs on silence and on receivers' states rather than on adverts.
#include <algorithm>

#include "agent/presence/machine.hpp"

namespace aisle::presence {

std::optional<SteadyTime> Machine::silence_due(const Stay& stay) const {
  if (coverage_.of(stay.zone) != Coverage::up) return std::nullopt;
  SteadyTime silent_since = stay.last_seen.mono;
  if (const auto back = coverage_.back_up_at(stay.zone)) silent_since = std::max(silent_since, *back);
  return silent_since + layout_.spec(stay.zone).exit_after;
}

SteadyTime Machine::visit_due(const Track& track) const {
  SteadyTime when = track.last_heard.mono + options_.visit_gap;
  const auto wait_for = [&](std::size_t zone) {
    const auto back = coverage_.back_up_at(zone);
    if (back && *back > track.last_heard.mono) when = std::max(when, *back + layout_.spec(zone).exit_after);
  };
  for (const Stay& stay : track.stays) wait_for(stay.zone);
  if (track.stays.empty()) wait_for(track.last_zone);
  return when;
}

SteadyTime Machine::due(const Track& track) const {
  if (track.state == State::heard)
    return track.last_heard.mono + options_.smoothing_window + layout_.longest_exit_after();
  SteadyTime when = visit_due(track);
  for (const Stay& stay : track.stays) when = std::min(when, silence_due(stay).value_or(when));
  return when;
}

EndReason Machine::gap_reason(const Track& track) const {
  const auto unknown = [&](std::size_t zone) { return coverage_.of(zone) != Coverage::up; };
  const bool lost = track.stays.empty()
                        ? unknown(track.last_zone)
                        : std::ranges::any_of(track.stays, [&](const Stay& stay) { return unknown(stay.zone); });
  return lost ? EndReason::coverage_lost : EndReason::left;
}

Track* Machine::settle_first() {
  for (;;) {
    Track* first = population_.deadlines().first();
    if (first == nullptr) return nullptr;
    const SteadyTime when = due(*first);
    if (*first->queued == when) return first;
    population_.deadlines().set(*first, when);
  }
}

void Machine::run_silence(Track& track) {
  if (track.state == State::heard) {
    population_.remove(track);
    return;
  }
  const SteadyTime when = *track.queued;
  if (visit_due(track) <= when) {
    end_visit(track, gap_reason(track), track.visit->last_heard, true);
    return;
  }
  for (std::size_t i = 0; i < track.stays.size();) {
    const auto silent = silence_due(track.stays[i]);
    if (silent && *silent <= when) {
      exit(track, i, track.stays[i].last_seen);
    } else {
      ++i;
    }
  }
}

void Machine::on_receiver(const GatewayId& id, bool up, Stamp changed_at) {
  const Stamp at = arrive(changed_at);
  const auto receiver = layout_.find_receiver(id);
  if (!receiver) return;
  const auto changed = coverage_.set(*receiver, up, at.mono);
  for (const std::size_t zone : changed) listener_.on_coverage_changed(layout_.spec(zone), coverage_.of(zone), at);
  if (!up || changed.empty()) return;
  // Silences that stood still run again: earlier than what is queued.
  for (const auto& entry : population_.all()) population_.deadlines().set_no_later(*entry.second, due(*entry.second));
}

void Machine::advance(Stamp now) {
  arrive(now);
}

std::optional<SteadyTime> Machine::next_deadline() {
  const Track* first = settle_first();
  if (first == nullptr) return std::nullopt;
  return first->queued;
}

}  // namespace aisle::presence
