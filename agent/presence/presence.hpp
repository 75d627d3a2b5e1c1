// Where each customer is and for how long: an explicit state machine per customer, on time that is handed in.
// Pure, single-threaded, deterministic; memory is bounded by `max_customers`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/time.hpp"
#include "agent/model/ids.hpp"

namespace aisle::presence {

struct ZoneReceiver {
  GatewayId gateway;
  int enter_rssi = -68;  // dBm
  int exit_rssi = -76;   // dBm, below enter_rssi
};

struct ZoneSpec {
  std::string id;
  std::string layer = "floor";
  std::vector<ZoneReceiver> receivers;
  std::uint32_t min_samples = 3;
  seconds exit_after{30};
  std::vector<seconds> dwell{seconds{60}, seconds{300}};
};

struct PresenceOptions {
  std::string store;  // for visit ids
  seconds visit_gap{600};
  seconds smoothing_window{15};  // samples older than this count no more
  std::uint32_t smoothing_samples = 8;
  double zone_margin_db = 4.0;  // what a challenger zone of the same layer must have over the present one
  std::size_t max_customers =
      20000;  // concurrently tracked; the longest silent one outside any visit is forgotten first
};

struct Evidence {
  double rssi_dbm = 0;        // smoothed, of the best receiver
  std::uint32_t samples = 0;  // in the smoothing window of that receiver
  double margin_db = 0;       // above enter_rssi
};

enum class EndReason { left, coverage_lost, consent_withdrawn };
[[nodiscard]] std::string_view to_string(EndReason reason);

enum class Coverage { up, down, unknown };
[[nodiscard]] std::string_view to_string(Coverage coverage);

struct ZoneStay {
  std::string zone;
  UnixTime entered;
  std::optional<UnixTime> left;
};

// The visit as listeners see it; lives until `on_visit_ended` has returned.
struct Visit {
  std::string id;  // 16 hex digits, see the contract
  std::string customer;
  Assurance assurance = Assurance::static_id;  // the best heard in this visit
  BeaconKind carrier = BeaconKind::aisle_token;
  Stamp started;
  Stamp last_heard;
  std::vector<ZoneStay> zones;  // in the order entered; bounded, the oldest closed stays are merged away beyond 256
};

// One stay in one zone, while it lasts. `offer_*` belong to the listener, which the machine only keeps.
struct Stay {
  std::size_t zone = 0;  // index in the list of ZoneSpec
  std::string zone_id;
  Stamp entered;
  Stamp last_seen;  // the last advert that supported this stay
  Evidence evidence;
  Confidence confidence = Confidence::low;
  std::uint32_t dwell_steps_done = 0;
  bool offer_made[3] = {false, false, false};  // by Trigger: one offer per trigger per stay
  std::optional<SteadyTime> next_offer_due;    // listener's: when to be asked again by on_stay_due
};

// Told of every change, in order (leaving precedes entering). Must not call back into Presence.
class PresenceListener {
 public:
  virtual ~PresenceListener() = default;
  virtual void on_visit_started(const Visit& visit) = 0;
  virtual void on_zone_entered(const Visit& visit, Stay& stay, Stamp at) = 0;
  virtual void on_zone_dwelled(const Visit& visit, Stay& stay, seconds step, Stamp at) = 0;
  // The first advert of a stay at or after stay.next_offer_due.
  virtual void on_stay_due(const Visit& visit, Stay& stay, Stamp at) = 0;
  // `at` is the last advert that supported the stay where silence ended it, else the advert that ended it.
  virtual void on_zone_exited(const Visit& visit, Stay& stay, Stamp at) = 0;
  virtual void on_visit_ended(const Visit& visit, EndReason reason, Stamp at) = 0;
  virtual void on_coverage_changed(const ZoneSpec& zone, Coverage coverage, Stamp at) = 0;
};

// Numbers the visits of one customer on one UTC day, from 1; the daemon's survives restarts.
class VisitNumbers {
 public:
  virtual ~VisitNumbers() = default;
  virtual std::uint32_t next(std::string_view customer, std::int32_t utc_day) = 0;
};

struct Sighting {
  std::string_view customer;
  GatewayId receiver;
  double rssi_dbm = 0;  // corrected by the device's offset; known (never 127, 0, -127)
  Assurance assurance = Assurance::static_id;
  BeaconKind carrier = BeaconKind::aisle_token;
  bool louder = false;  // the advert of the sighting before this one, at another adapter of the receiver
};

struct PresenceStats {
  std::size_t tracked = 0, visits_open = 0;
  std::uint64_t forgotten = 0;         // by the bound
  std::uint64_t unknown_receiver = 0;  // sightings by gateways that no zone names
};

struct PresenceRow {  // for status
  std::string customer, visit, zone;
  UnixTime entered, last_heard;
  double rssi_dbm = 0;
};

class Presence {
 public:
  Presence(PresenceOptions options, std::vector<ZoneSpec> zones, VisitNumbers& numbers, PresenceListener& listener);
  ~Presence();

  // Time never goes backwards: an earlier `at.mono` counts as the latest seen. Due silences before `at` are run first.
  void on_sighting(const Sighting& sighting, Stamp at);
  void on_receiver(const GatewayId& receiver, bool up, Stamp at);
  // Runs exits by silence and ends of visits that are due at or before `now`.
  void advance(Stamp now);
  // When `advance` has something to do next; nothing when nobody is tracked.
  [[nodiscard]] std::optional<SteadyTime> next_deadline() const;
  // Ends the visit of a customer now (consent withdrawn, erased) and forgets them.
  void forget(std::string_view customer, EndReason reason, Stamp at);
  // The wall clock was set by this much: the wall times of what is open move along.
  void shift_wall(Duration by);
  // The same zones with the same receivers, and other thresholds: they hold from the next advert on.
  void set_thresholds(const std::vector<ZoneSpec>& zones);
  // Ends everything open (clean shutdown, end of a simulation).
  void end_all(EndReason reason, Stamp at);

  [[nodiscard]] PresenceStats stats() const;
  [[nodiscard]] std::vector<PresenceRow> rows() const;
  [[nodiscard]] const std::vector<ZoneSpec>& zones() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aisle::presence
