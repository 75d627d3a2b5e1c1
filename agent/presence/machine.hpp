// The state machine of a customer, and the rules that move it:
//
//   (unknown) --advert at a zone's receiver--------------------------> heard
//   heard     --silent for smoothing window + longest exit_after-----> (unknown)
//   heard     --the longest silent when the bound is met-------------> (unknown)
//   heard     --a zone is entered: visit started, zone entered-------> visiting
//   visiting  --advert: exits of all layers, then their entries------> visiting
//   visiting  --silent at a zone for exit_after: zone exited---------> visiting
//   visiting  --silent for visit_gap: zones exited, visit ended------> (unknown)
//   any       --forget or end_all: zones exited, visit ended---------> (unknown)
//
// While a zone's coverage is unknown only a move within its layer or the end of the visit leaves it.
#pragma once

#include <optional>
#include <vector>

#include "agent/presence/coverage.hpp"
#include "agent/presence/evidence.hpp"
#include "agent/presence/layout.hpp"
#include "agent/presence/population.hpp"

namespace aisle::presence {

class Machine {
 public:
  Machine(PresenceOptions options, std::vector<ZoneSpec> zones, VisitNumbers& numbers, PresenceListener& listener);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void on_sighting(const Sighting& sighting, Stamp at);
  void on_receiver(const GatewayId& receiver, bool up, Stamp at);
  void advance(Stamp now);
  [[nodiscard]] std::optional<SteadyTime> next_deadline();
  void forget(std::string_view customer, EndReason reason, Stamp at);
  void end_all(EndReason reason, Stamp at);
  void shift_wall(Duration by);
  void set_thresholds(const std::vector<ZoneSpec>& zones) { layout_.set_thresholds(zones); }

  [[nodiscard]] PresenceStats stats() const;
  [[nodiscard]] std::vector<PresenceRow> rows() const;
  [[nodiscard]] const std::vector<ZoneSpec>& zones() const { return layout_.specs(); }

 private:
  // Moves time to `at`, or `at` to the latest seen, and runs what is due by then.
  Stamp arrive(Stamp at);

  // One advert, in this order: note it, renew the stays it supports, move between zones, fire what is due in a stay.
  void note(Track& track, std::size_t receiver, const Sighting& sighting, Stamp at);
  void fill_levels(const Track& track, SteadyTime now);
  void support_stays(Track& track, std::size_t receiver, Stamp at);
  // Leaves in every layer before it enters in any.
  void move(Track& track, std::size_t receiver, const Sighting& sighting, Stamp at);
  // Exits the zone of the layer where it is time to; what is to be entered there.
  std::optional<Entrant> leave_in_layer(Track& track, std::size_t layer, Stamp at);
  void fire_stays(Track& track, std::size_t receiver, Stamp at);

  // Transitions.
  void start_visit(Track& track, const Sighting& sighting, Stamp at);
  void enter(Track& track, const Entrant& entrant, const Sighting& sighting, Stamp at);
  void exit(Track& track, std::size_t stay_index, Stamp at);
  // Exits what is open, each at `at` or else at its own last advert, and ends the visit; the track is gone afterwards.
  void end_visit(Track& track, EndReason reason, Stamp at, bool exits_at_last_seen);

  // Silence.
  [[nodiscard]] std::optional<SteadyTime> silence_due(const Stay& stay) const;
  [[nodiscard]] SteadyTime visit_due(const Track& track) const;
  [[nodiscard]] SteadyTime due(const Track& track) const;
  [[nodiscard]] EndReason gap_reason(const Track& track) const;
  Track* settle_first();
  void run_silence(Track& track);

  PresenceOptions options_;
  Layout layout_;
  VisitNumbers& numbers_;
  PresenceListener& listener_;
  CoverageMap coverage_;
  Population population_;
  Levels levels_;                  // of the customer at hand
  std::vector<Entrant> entrants_;  // of the advert at hand
  Stamp latest_;
  bool started_ = false;  // `latest_` holds a time
  std::size_t visits_open_ = 0;
  std::uint64_t unknown_receiver_ = 0;
};

}  // namespace aisle::presence
