// The zones of the configuration, indexed for the machine: receivers, layers and who names whom. Only thresholds
// change.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/presence/presence.hpp"

namespace aisle::presence {

// The most samples kept per customer and receiver; a larger min_samples or smoothing_samples counts as this.
inline constexpr std::size_t kMaxRing = 128;

class Layout {
 public:
  Layout(std::vector<ZoneSpec> zones, const PresenceOptions& options);

  // The same zones, layers and receivers, with other thresholds.
  void set_thresholds(const std::vector<ZoneSpec>& zones);

  // One receiver as a zone sees it.
  struct Ear {
    std::size_t receiver = 0;
    int enter_rssi = 0;
    int exit_rssi = 0;
  };
  struct Zone {
    std::size_t layer = 0;
    std::uint32_t min_samples = 1;  // 1 to kMaxRing
    std::vector<Ear> ears;          // in the order of the configuration
    [[nodiscard]] bool heard_by(std::size_t receiver) const;
  };
  struct Receiver {
    std::vector<std::size_t> layers;  // ascending: those with a zone that names it
    std::vector<std::size_t> zones;   // ascending
    std::size_t ring = 1;             // samples to keep per customer
  };

  [[nodiscard]] const std::vector<ZoneSpec>& specs() const { return specs_; }
  [[nodiscard]] const ZoneSpec& spec(std::size_t zone) const { return specs_[zone]; }
  [[nodiscard]] const Zone& zone(std::size_t zone) const { return zones_[zone]; }
  [[nodiscard]] std::size_t zone_count() const { return zones_.size(); }
  [[nodiscard]] const std::vector<std::size_t>& zones_of_layer(std::size_t layer) const { return layers_[layer]; }
  [[nodiscard]] const Receiver& receiver(std::size_t receiver) const { return receivers_[receiver]; }
  [[nodiscard]] std::size_t receiver_count() const { return receivers_.size(); }
  // Nothing when no zone names it.
  [[nodiscard]] std::optional<std::size_t> find_receiver(const GatewayId& id) const;
  [[nodiscard]] Duration longest_exit_after() const { return longest_exit_after_; }

 private:
  std::size_t layer_index(const std::string& name);
  std::size_t receiver_index(const GatewayId& id, const PresenceOptions& options);
  void add_zone(std::size_t index, const PresenceOptions& options);

  std::vector<ZoneSpec> specs_;
  std::vector<Zone> zones_;
  std::vector<std::string> layer_names_;
  std::vector<std::vector<std::size_t>> layers_;
  std::vector<Receiver> receivers_;
  std::map<GatewayId, std::size_t> receiver_index_;
  Duration longest_exit_after_{0};
};

}  // namespace aisle::presence
