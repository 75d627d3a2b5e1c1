// A store under test: zones, a machine, and a listener that writes down what it is told as short lines.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/presence/presence.hpp"

namespace aisle::presence::test {

// 2026-03-02T12:00:00Z, UTC day 20514.
inline constexpr std::int64_t kStart = 1772452800;

inline Stamp at(double t) {
  const Duration since{static_cast<std::int64_t>(t * 1e6)};
  return {SteadyTime{seconds{1000}} + since, UnixTime{seconds{kStart}} + since};
}

inline double since_start(Stamp stamp) {
  return static_cast<double>((stamp.wall - UnixTime{seconds{kStart}}).count()) / 1e6;
}

inline ZoneSpec zone(std::string id, const std::vector<std::string_view>& gateways, int enter_rssi = -68,
                     int exit_rssi = -76) {
  ZoneSpec spec;
  spec.id = std::move(id);
  for (const auto gateway : gateways) spec.receivers.push_back({GatewayId(gateway), enter_rssi, exit_rssi});
  return spec;
}

struct CountingNumbers final : VisitNumbers {
  std::uint32_t next(std::string_view customer, std::int32_t utc_day) override {
    return ++numbers[{std::string(customer), utc_day}];
  }
  std::map<std::pair<std::string, std::int32_t>, std::uint32_t> numbers;
};

// Lines such as "c enter coffee @3", "c dwell coffee 60 @63", "c end left @90".
class Recorder : public PresenceListener {
 public:
  explicit Recorder(const std::vector<ZoneSpec>& zones) : zones_(zones) {}

  void on_visit_started(const Visit& visit) override { line(visit, "start", visit.started); }
  void on_zone_entered(const Visit& visit, Stay& stay, Stamp when) override {
    confidences.push_back(stay.confidence);
    evidences.push_back(stay.evidence);
    if (ask_after) stay.next_offer_due = when.mono + *ask_after;
    line(visit, "enter " + zone_of(stay), when);
  }
  void on_zone_dwelled(const Visit& visit, Stay& stay, seconds step, Stamp when) override {
    line(visit, fmt::format("dwell {} {}", zone_of(stay), step.count()), when);
  }
  void on_stay_due(const Visit& visit, Stay& stay, Stamp when) override {
    due_was_reset = due_was_reset && !stay.next_offer_due;
    if (ask_again) stay.next_offer_due = when.mono;
    line(visit, "due " + zone_of(stay), when);
  }
  void on_zone_exited(const Visit& visit, Stay& stay, Stamp when) override {
    exit_evidences.push_back(stay.evidence);
    line(visit, "exit " + zone_of(stay), when);
  }
  void on_visit_ended(const Visit& visit, EndReason reason, Stamp when) override {
    ended.push_back(visit);
    line(visit, fmt::format("end {}", to_string(reason)), when);
  }
  void on_coverage_changed(const ZoneSpec& spec, Coverage coverage, Stamp when) override {
    lines.push_back(fmt::format("{} is {} @{:g}", spec.id, to_string(coverage), since_start(when)));
  }

  std::vector<std::string> lines;
  std::vector<Visit> ended;
  std::vector<Confidence> confidences;  // at each entry
  std::vector<Evidence> evidences, exit_evidences;
  std::optional<Duration> ask_after;  // sets next_offer_due at each entry
  bool ask_again = false;             // sets it again to now in on_stay_due
  bool due_was_reset = true;

 private:
  std::string zone_of(const Stay& stay) const {
    return zones_[stay.zone].id == stay.zone_id ? stay.zone_id : "index and id differ";
  }
  void line(const Visit& visit, const std::string& what, Stamp when) {
    lines.push_back(fmt::format("{} {} @{:g}", visit.customer, what, since_start(when)));
  }
  const std::vector<ZoneSpec>& zones_;
};

class World {
 public:
  explicit World(std::vector<ZoneSpec> zones, PresenceOptions options = {})
      : zones_(std::move(zones)),
        recorder(zones_),
        presence(with_store(std::move(options)), zones_, numbers, recorder) {}

  void see(double t, double rssi, std::string_view receiver = "g1", std::string_view customer = "c",
           Assurance assurance = Assurance::rotating) {
    presence.on_sighting({customer, GatewayId(receiver), rssi, assurance, BeaconKind::aisle_token}, at(t));
  }
  // One advert a second, both ends included.
  void see_from_to(double from, double to, double rssi, std::string_view receiver = "g1",
                   std::string_view customer = "c") {
    for (int i = 0; from + i <= to; ++i) see(from + i, rssi, receiver, customer);
  }
  void receiver(double t, std::string_view id, bool up) { presence.on_receiver(GatewayId(id), up, at(t)); }
  void silence_until(double t) { presence.advance(at(t)); }
  // The lines since the last call.
  std::vector<std::string> told() { return std::exchange(recorder.lines, {}); }
  // Seconds after the start; below zero when nothing is due.
  [[nodiscard]] double next_deadline() const {
    const auto due = presence.next_deadline();
    return due ? static_cast<double>((*due - at(0).mono).count()) / 1e6 : -1;
  }

 private:
  static PresenceOptions with_store(PresenceOptions options) {
    options.store = "s1";
    return options;
  }
  std::vector<ZoneSpec> zones_;

 public:
  CountingNumbers numbers;
  Recorder recorder;
  Presence presence;
};

using Lines = std::vector<std::string>;

}  // namespace aisle::presence::test
