// Thresholds of one zone at one receiver, from levels measured inside it and outside. Pure.
//
// `enter_rssi` is where the fewest are wrong: the share of levels inside that are below it (somebody there is missed)
// plus the share outside at or above it (somebody passing by enters) is least; of several such thresholds the middle
// one. The worst twentieth of each side is left out there, for a level that happened once is no place. `exit_rssi`
// stays above nine tenths of the levels outside where that leaves it kLeastHysteresis to kMostHysteresis below: who has
// gone leaves, and who stands at the border does not flap.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/calibrate/levels.hpp"

namespace aisle::calibrate {

inline constexpr std::size_t kLeastLevels = 10;
inline constexpr int kLeastHysteresis = 4, kMostHysteresis = 8;  // dB
inline constexpr double kClear = 0.05;                           // a share that is no overlap yet
// Below a tenth of the levels inside, where nobody measured outside: a body between phone and receiver takes as much.
inline constexpr int kBodyAllowance = 3;  // dB

// separated: a twentieth at most is wrong on either side. no_outside: nothing is known of the outside.
enum class Verdict { separated, overlapping, no_outside, too_few };
[[nodiscard]] std::string_view to_string(Verdict verdict);

// A place outside the zone.
struct Place {
  std::string name;
  std::vector<double> levels;  // sorted, at this receiver
};

struct Proposal {
  Verdict verdict = Verdict::too_few;
  int enter_rssi = 0, exit_rssi = 0;  // not with too_few
  Spread inside, outside;
  std::string outside_name;  // the place outside that is loudest here; "" none
  double missed = 0;         // share of the levels inside below enter_rssi
  double leaving = 0;        // and below exit_rssi
  double entering = 0;       // share of the levels outside at or above enter_rssi
  double staying = 0;        // and at or above exit_rssi
};

// `inside` sorted. Places with fewer than kLeastLevels levels are left out: a phone that is hardly heard there is no
// threat to the zone.
[[nodiscard]] Proposal propose(std::span<const double> inside, std::span<const Place> outside);

}  // namespace aisle::calibrate
