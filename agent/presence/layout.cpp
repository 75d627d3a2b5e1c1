#include "agent/presence/layout.hpp"

#include <algorithm>

namespace aisle::presence {

Layout::Layout(std::vector<ZoneSpec> zones, const PresenceOptions& options) : specs_(std::move(zones)) {
  for (auto& spec : specs_) std::ranges::sort(spec.dwell);
  for (std::size_t i = 0; i < specs_.size(); ++i) add_zone(i, options);
}

bool Layout::Zone::heard_by(std::size_t receiver) const {
  return std::ranges::any_of(ears, [&](const Ear& ear) { return ear.receiver == receiver; });
}

std::optional<std::size_t> Layout::find_receiver(const GatewayId& id) const {
  const auto it = receiver_index_.find(id);
  if (it == receiver_index_.end()) return std::nullopt;
  return it->second;
}

void Layout::set_thresholds(const std::vector<ZoneSpec>& zones) {
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    specs_[i].receivers = zones.at(i).receivers;
    for (auto& ear : zones_[i].ears) {
      const auto named = std::ranges::find_if(
          specs_[i].receivers, [&](const auto& spec) { return find_receiver(spec.gateway) == ear.receiver; });
      if (named == specs_[i].receivers.end()) continue;
      ear.enter_rssi = named->enter_rssi;
      ear.exit_rssi = named->exit_rssi;
    }
  }
}

std::size_t Layout::layer_index(const std::string& name) {
  const auto it = std::ranges::find(layer_names_, name);
  if (it != layer_names_.end()) return static_cast<std::size_t>(it - layer_names_.begin());
  layer_names_.push_back(name);
  layers_.emplace_back();
  return layers_.size() - 1;
}

std::size_t Layout::receiver_index(const GatewayId& id, const PresenceOptions& options) {
  const auto [it, fresh] = receiver_index_.emplace(id, receivers_.size());
  if (fresh) {
    receivers_.emplace_back();
    receivers_.back().ring = std::clamp<std::size_t>(options.smoothing_samples, 1, kMaxRing);
  }
  return it->second;
}

void Layout::add_zone(std::size_t index, const PresenceOptions& options) {
  const ZoneSpec& spec = specs_[index];
  Zone zone;
  zone.layer = layer_index(spec.layer);
  zone.min_samples = std::clamp<std::uint32_t>(spec.min_samples, 1, kMaxRing);
  layers_[zone.layer].push_back(index);
  for (const auto& ear : spec.receivers) {
    const std::size_t r = receiver_index(ear.gateway, options);
    if (zone.heard_by(r)) continue;
    zone.ears.push_back({r, ear.enter_rssi, ear.exit_rssi});
    Receiver& receiver = receivers_[r];
    receiver.zones.push_back(index);
    receiver.ring = std::max<std::size_t>(receiver.ring, zone.min_samples);
    if (std::ranges::find(receiver.layers, zone.layer) == receiver.layers.end()) {
      receiver.layers.push_back(zone.layer);
      std::ranges::sort(receiver.layers);
    }
  }
  longest_exit_after_ = std::max<Duration>(longest_exit_after_, spec.exit_after);
  zones_.push_back(std::move(zone));
}

}  // namespace aisle::presence
