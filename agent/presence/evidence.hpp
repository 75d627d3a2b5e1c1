// What the receivers' levels say about a zone. Levels are indexed by receiver of the layout.
#pragma once

#include <optional>
#include <vector>

#include "agent/presence/layout.hpp"
#include "agent/presence/smoothing.hpp"

namespace aisle::presence {

using Levels = std::vector<Level>;

// The best receiver by margin above enter_rssi, ties by order; receivers with fewer than `min_samples` samples are left
// out. Nothing when none remains.
[[nodiscard]] std::optional<Evidence> zone_evidence(const Layout::Zone& zone, const Levels& levels,
                                                    std::uint32_t min_samples);

// The evidence of a zone that may be entered: min_samples of its own and at or above enter_rssi. A receiver that has
// too few samples yet neither enters a zone nor keeps another receiver from it.
[[nodiscard]] std::optional<Evidence> entry_evidence(const Layout::Zone& zone, const Levels& levels);

// Below exit_rssi at every receiver that heard the customer in the window, one of them with min_samples samples.
[[nodiscard]] bool below_exit(const Layout::Zone& zone, const Levels& levels);

struct Entrant {
  std::size_t zone = 0;
  Evidence evidence;
};
// The zone of the layer with the best entry evidence, ties by order; `except` is left out.
[[nodiscard]] std::optional<Entrant> best_entrant(const Layout& layout, std::size_t layer, const Levels& levels,
                                                  std::optional<std::size_t> except);

// Whether the challenger takes the customer over from the present zone: better by `margin_db` and strictly better, or
// the present zone has no samples in the window any more.
[[nodiscard]] bool beats(const Evidence& challenger, const std::optional<Evidence>& present, double margin_db);

// Low below enter_rssi, medium at or above it, high from 6 dB above it with min_samples samples: with one-sided RSSI
// error, 6 dB is about twice the spread of smoothed samples.
[[nodiscard]] Confidence confidence_of(const Evidence& evidence, std::uint32_t min_samples);

}  // namespace aisle::presence
