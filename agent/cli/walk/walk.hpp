// Leads a technician from zone to zone and measures in each and just outside.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/calibrate/proposal.hpp"
#include "agent/calibrate/sampling.hpp"
#include "agent/cli/walk/listening.hpp"
#include "config/config.hpp"

namespace aisle::cli {

struct WalkOptions {
  std::uint32_t samples = 40;  // in each place
  std::string device;          // "d7"; "" to be chosen
  std::string kind;            // of the device to choose; "" any that is known
  bool outside = true;         // also measure just outside
};

// Measured in or outside one zone.
struct MeasuredPlace {
  std::string zone;
  bool inside = true;
  std::map<GatewayId, std::vector<calibrate::Sample>> samples;
};

// One receiver of one zone.
struct ZoneProposal {
  const config::ZoneEntry* zone = nullptr;
  const config::ZoneReceiverEntry* receiver = nullptr;
  std::vector<double> inside, outside;  // the levels; outside, those of the place that is loudest
  calibrate::Proposal proposal;
};

class Walk {
 public:
  // Called with what is known once a zone has been measured.
  using OnZone = std::function<void(const std::vector<ZoneProposal>& proposals)>;

  // `zones` outlive it.
  Walk(WalkOptions options, std::vector<const config::ZoneEntry*> zones, Air& air)
      : options_(std::move(options)), zones_(std::move(zones)), smoothing_(air.smoothing()), listening_(air) {}

  // To the end, or until the technician quits. Error: nothing can be heard any more, or there is no answer.
  Status go(const OnZone& on_zone);
  [[nodiscard]] const std::string& device() const { return options_.device; }
  // Those of the zones measured so far.
  [[nodiscard]] std::vector<ZoneProposal> proposals() const;

 private:
  enum class Step { done, leave_out, quit };

  Status choose_device();
  Result<std::vector<scan::AirRow>> candidates();
  Result<Step> measure_zone(const config::ZoneEntry& zone);
  // Asks, measures, and asks again where too little was heard and that is wrong there.
  Result<Step> measure(const config::ZoneEntry& zone, bool inside);
  Result<calibrate::Sampling> sample(const config::ZoneEntry& zone);
  [[nodiscard]] std::vector<ZoneProposal> proposals_of(const config::ZoneEntry& zone) const;
  [[nodiscard]] std::vector<calibrate::Place> places_outside(const config::ZoneEntry& zone,
                                                             const GatewayId& receiver) const;
  [[nodiscard]] std::vector<double> levels(const MeasuredPlace& place, const config::ZoneEntry& zone,
                                           const GatewayId& receiver) const;
  [[nodiscard]] const MeasuredPlace* inside_of(const std::string& zone) const;

  WalkOptions options_;
  std::vector<const config::ZoneEntry*> zones_;
  scan::Smoothing smoothing_;
  Listening listening_;
  std::vector<MeasuredPlace> places_;
};

}  // namespace aisle::cli
