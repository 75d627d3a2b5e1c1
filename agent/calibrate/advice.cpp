#include "agent/calibrate/advice.hpp"

#include <fmt/format.h>

namespace aisle::calibrate {
namespace {

std::string percent(double share) {
  return fmt::format("{:.0f} %", share * 100);
}

}  // namespace

std::string finding(const Proposal& proposal) {
  switch (proposal.verdict) {
    case Verdict::too_few:
      return fmt::format("{} levels inside, {} are needed: no proposal", proposal.inside.levels, kLeastLevels);
    case Verdict::no_outside:
      return "nothing was heard outside: how well the zone is told apart is not known";
    case Verdict::separated:
      return fmt::format("told apart from {}: {} of the levels inside are below enter_rssi, {} outside at or above it",
                         proposal.outside_name, percent(proposal.missed), percent(proposal.entering));
    case Verdict::overlapping:
      break;
  }
  return fmt::format(
      "OVERLAPS with {}: {} of the levels inside are below enter_rssi (missed), {} outside at or above it (enter "
      "wrongly), {} outside at or above exit_rssi (do not leave)",
      proposal.outside_name, percent(proposal.missed), percent(proposal.entering), percent(proposal.staying));
}

std::vector<std::string> advice(const Proposal& proposal) {
  if (proposal.verdict == Verdict::too_few)
    return {"Measure again: keep the phone awake with the app in front, or ask for more time with more --samples."};
  if (proposal.verdict != Verdict::overlapping) return {};
  const double apart = proposal.inside.median - proposal.outside.median;
  const double wide =
      std::max(proposal.inside.high - proposal.inside.low, proposal.outside.high - proposal.outside.low);
  if (apart < kLeastHysteresis) {
    return {
        fmt::format("The receiver hears both places alike (medians {:.0f} dB apart). No threshold helps: move it "
                    "nearer to the zone, take a receiver of the zone's own, or make one zone of both.",
                    apart)};
  }
  std::vector<std::string> out = {
      "Move the receiver nearer to the zone, or the border of the zone away from it, and measure again."};
  if (wide > apart)
    out.emplace_back(
        "The levels spread wider than the places are apart: a larger presence.smoothing.window_s and "
        "smoothing.samples steady them, and make entries later.");
  out.emplace_back(
      "Where another receiver of this zone tells the places apart, take this one out of the zone's "
      "receivers; a neighbour zone with a receiver of its own takes over whom it hears better.");
  return out;
}

}  // namespace aisle::calibrate
