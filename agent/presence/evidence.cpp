#include "agent/presence/evidence.hpp"

#include <algorithm>

namespace aisle::presence {
namespace {

constexpr double kHighMarginDb = 6.0;

}  // namespace

std::optional<Evidence> zone_evidence(const Layout::Zone& zone, const Levels& levels, std::uint32_t min_samples) {
  std::optional<Evidence> best;
  for (const auto& ear : zone.ears) {
    const Level& level = levels[ear.receiver];
    if (level.samples < std::max(min_samples, 1U)) continue;
    const double margin = level.rssi_dbm - ear.enter_rssi;
    if (!best || margin > best->margin_db) best = Evidence{level.rssi_dbm, level.samples, margin};
  }
  return best;
}

std::optional<Evidence> entry_evidence(const Layout::Zone& zone, const Levels& levels) {
  auto evidence = zone_evidence(zone, levels, zone.min_samples);
  if (evidence && evidence->margin_db < 0) evidence.reset();
  return evidence;
}

bool below_exit(const Layout::Zone& zone, const Levels& levels) {
  bool enough = false;
  for (const auto& ear : zone.ears) {
    const Level& level = levels[ear.receiver];
    if (level.samples == 0) continue;
    if (level.rssi_dbm >= ear.exit_rssi) return false;
    enough = enough || level.samples >= zone.min_samples;
  }
  return enough;
}

std::optional<Entrant> best_entrant(const Layout& layout, std::size_t layer, const Levels& levels,
                                    std::optional<std::size_t> except) {
  std::optional<Entrant> best;
  for (const std::size_t zone : layout.zones_of_layer(layer)) {
    if (zone == except) continue;
    const auto evidence = entry_evidence(layout.zone(zone), levels);
    if (!evidence) continue;
    if (!best || evidence->margin_db > best->evidence.margin_db) best = Entrant{zone, *evidence};
  }
  return best;
}

bool beats(const Evidence& challenger, const std::optional<Evidence>& present, double margin_db) {
  if (!present) return true;
  return challenger.margin_db > present->margin_db && challenger.margin_db >= present->margin_db + margin_db;
}

Confidence confidence_of(const Evidence& evidence, std::uint32_t min_samples) {
  if (evidence.margin_db < 0) return Confidence::low;
  if (evidence.margin_db < kHighMarginDb || evidence.samples < min_samples) return Confidence::medium;
  return Confidence::high;
}

}  // namespace aisle::presence
