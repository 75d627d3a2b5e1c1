#include "agent/app/compose.hpp"

#include <cstdlib>
#include <filesystem>

#include "ble/recording/recording.hpp"

namespace aisle::app {

pipeline::PipelineOptions pipeline_options(const config::Config& config, const Clock* latency_clock) {
  pipeline::PipelineOptions out;
  out.gateway = config.store.gateway;
  out.timezone = config.store.timezone;
  out.latency_clock = latency_clock;
  out.resolver.allow_static = config.privacy.allow_static;
  out.presence.store = config.store.id;
  out.presence.visit_gap = config.presence.visit_gap;
  out.presence.smoothing_window = config.presence.smoothing_window;
  out.presence.smoothing_samples = config.presence.smoothing_samples;
  out.presence.zone_margin_db = config.presence.zone_margin_db;
  out.presence.max_customers = config.presence.max_customers;
  for (const auto& zone : config.zones) {
    presence::ZoneSpec spec{zone.id, zone.layer, {}, zone.min_samples, zone.exit_after, zone.dwell};
    for (const auto& receiver : zone.receivers)
      spec.receivers.push_back({GatewayId(receiver.gateway), receiver.enter_rssi, receiver.exit_rssi});
    out.zones.push_back(std::move(spec));
    out.categories[zone.id] = zone.categories;
  }
  return out;
}

simulator::SimulatorOptions simulator_options(const config::Config& config) {
  simulator::SimulatorOptions out;
  out.seed = config.simulator.seed;
  out.customers = config.simulator.customers;
  out.passers = config.simulator.passers;
  out.beacons = config.simulator.beacons;
  out.start = config.simulator.start;
  out.duration = config.simulator.duration;
  out.own_gateway = config.store.gateway;
  for (const auto& zone : config.zones) {
    simulator::SimZone sim;
    sim.id = zone.id;
    for (const auto& receiver : zone.receivers) sim.receivers.push_back(receiver.gateway);
    out.zones.push_back(std::move(sim));
  }
  return out;
}

sync::MosquittoOptions transport_options(const config::SyncSection& section, std::string client_id) {
  sync::MosquittoOptions out;
  out.host = section.host;
  out.port = section.port;
  for (const auto& node : section.nodes) out.nodes.push_back({node.host, node.port});
  out.client_id = std::move(client_id);
  out.protocol = section.protocol;
  out.subscribe_qos = section.subscribe_qos;
  out.keepalive = section.keepalive;
  out.tls = {.enabled = section.tls,
             .ca = section.ca,
             .cert = section.cert,
             .key = section.key,
             .token_module = section.token_module,
             .pin_file = section.pin_file,
             .alpn = section.alpn};
  out.username = section.username;
  out.password_file = section.password_file;
  return out;
}

UnixTime recording_start(const config::Config& config) {
  if (config.ble.source == config::SourceKind::simulator) return config.simulator.start;
  std::error_code ignored;
  if (config.ble.source != config::SourceKind::replay || !std::filesystem::is_regular_file(config.ble.file, ignored))
    return {};
  const auto reader = recording::open_recording(config.ble.file);
  if (!reader) return {};
  const SourceItem first = (*reader)->next();
  const auto* advert = std::get_if<Advert>(&first);
  const auto* state = std::get_if<ReceiverState>(&first);
  if (advert != nullptr) return advert->at.wall;
  return state != nullptr ? state->at.wall : UnixTime{};
}

bool may_take_personal_data(const config::SyncSection& section) {
  return section.tls || config::all_loopback(section);
}

Result<std::optional<seal::MasterKey>> master_key(const config::PrivacySection& section) {
  if (section.master_key.empty()) return std::optional<seal::MasterKey>();
  auto key = seal::read_master_key(section.master_key);
  if (!key) return tl::unexpected(key.error().within("[privacy] master_key"));
  return std::optional(*key);
}

std::string database_path(const std::string& state_dir) {
  return state_dir + "/aisle.db";
}

std::string control_path_to_listen(const std::string& state_dir) {
  const char* runtime = std::getenv("RUNTIME_DIRECTORY");
  return (runtime != nullptr && *runtime != '\0' ? std::string(runtime) : state_dir) + "/control.sock";
}

std::string control_path_to_ask(const std::string& state_dir) {
  std::string beside = state_dir + "/control.sock";
  std::string runtime = "/run/aisle/control.sock";
  std::error_code error;
  if (!std::filesystem::exists(beside, error) && state_dir == "/var/lib/aisle") return runtime;
  return beside;
}

}  // namespace aisle::app
