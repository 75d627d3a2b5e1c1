#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "agent/base/hex.hpp"
#include "agent/base/sha256.hpp"
#include "config/config.hpp"
#include "config/names.hpp"
#include "config/sources.hpp"

namespace aisle::config {
namespace {

using Tree = nlohmann::ordered_json;

constexpr std::size_t kMaxOrigin = 4096;

// As it may be written: a name where that is all.
Tree adapter_tree(const AdapterEntry& entry) {
  if (entry.receiver.empty()) return entry.name;
  return {{"name", entry.name}, {"receiver", entry.receiver}};
}

Tree adapters_tree(const std::vector<AdapterEntry>& adapters) {
  if (adapters.size() == 1 && adapters[0].receiver.empty()) return adapters[0].name;
  Tree out = Tree::array();
  for (const auto& entry : adapters) out.push_back(adapter_tree(entry));
  return out;
}

Tree ble_tree(const BleSection& ble) {
  return {{"source", to_string(ble.source)},
          {"adapter", adapters_tree(ble.adapters)},
          {"scanning", name_of(kScanningNames, ble.scanning)},
          {"file", ble.file},
          {"speed", ble.speed},
          {"queue", ble.queue},
          {"wait_for_datasets_s", ble.wait_for_datasets.count()}};
}

Tree simulator_tree(const SimulatorSection& simulator) {
  return {{"seed", simulator.seed},
          {"customers", simulator.customers},
          {"passers", simulator.passers},
          {"beacons", simulator.beacons},
          {"start", format_rfc3339(simulator.start)},
          {"duration_s", simulator.duration.count()}};
}

Tree zone_tree(const ZoneEntry& zone) {
  Tree receivers = Tree::array();
  for (const auto& entry : zone.receivers) {
    receivers.push_back(Tree{{"id", entry.gateway}, {"enter_rssi", entry.enter_rssi}, {"exit_rssi", entry.exit_rssi}});
  }
  Tree dwell = Tree::array();
  for (const auto& step : zone.dwell) dwell.push_back(step.count());
  Tree out;
  out["id"] = zone.id;
  out["name"] = zone.name;
  out["kind"] = zone.kind;
  out["layer"] = zone.layer;
  out["receivers"] = std::move(receivers);
  out["enter_rssi"] = zone.enter_rssi;
  out["exit_rssi"] = zone.exit_rssi;
  out["min_samples"] = zone.min_samples;
  out["exit_after_s"] = zone.exit_after.count();
  out["dwell_s"] = std::move(dwell);
  out["categories"] = zone.categories;
  return out;
}

Tree host_tree(const SyncSection& sync) {
  if (sync.nodes.empty()) return sync.host;
  Tree out = Tree::array();
  for (const auto& node : sync.nodes) out.push_back(fmt::format("{}:{}", node.host, node.port));
  return out;
}

Tree sync_tree(const SyncSection& sync) {
  return {{"host", host_tree(sync)},
          {"port", sync.port},
          {"tls", sync.tls},
          {"wait_for_clock", sync.wait_for_clock},
          {"ca", sync.ca},
          {"cert", sync.cert},
          {"key", sync.key},
          {"token_module", sync.token_module},
          {"pin_file", sync.pin_file},
          {"alpn", sync.alpn},
          {"username", sync.username},
          {"password_file", sync.password_file},
          {"protocol", sync.protocol == 5 ? "5" : "3.1.1"},
          {"prefix", sync.prefix},
          {"keepalive_s", sync.keepalive.count()},
          {"retry_spread_s", sync.retry_spread.count()},
          {"retry_max_s", sync.retry_max.count()},
          {"window", sync.window},
          {"subscribe_qos", sync.subscribe_qos}};
}

Tree tree(const Config& config) {
  Tree out;
  out["store"] = {{"id", config.store.id}, {"gateway", config.store.gateway}, {"timezone", config.store.timezone}};
  out["ble"] = ble_tree(config.ble);
  out["simulator"] = simulator_tree(config.simulator);
  out["zones"] = Tree::array();
  for (const auto& zone : config.zones) out["zones"].push_back(zone_tree(zone));
  out["presence"] = {{"visit_gap_s", config.presence.visit_gap.count()},
                     {"smoothing_window_s", config.presence.smoothing_window.count()},
                     {"smoothing_samples", config.presence.smoothing_samples},
                     {"zone_margin_db", config.presence.zone_margin_db},
                     {"max_customers", config.presence.max_customers}};
  out["time"] = {{"trust", name_of(kTrustNames, config.time_trust)}, {"wait_s", config.time_wait.count()}};
  out["sync"] = sync_tree(config.sync);
  out["outbox"] = {
      {"max_rows", config.outbox.max_rows},
      {"max_bytes", config.outbox.max_bytes},
      {"max_age_h", std::chrono::duration_cast<std::chrono::hours>(config.outbox.max_age).count()},
      {"ledger_max_age_h", std::chrono::duration_cast<std::chrono::hours>(config.outbox.ledger_max_age).count()}};
  out["commands"]["public_key"] = config.commands.public_key;
  out["update"]["ring"] = config.update.ring;
  out["privacy"] = {
      {"allow_static", config.privacy.allow_static},
      {"master_key", config.privacy.master_key},
      {"consent_max_age_h", std::chrono::duration_cast<std::chrono::hours>(config.privacy.consent_max_age).count()}};
  out["log"]["level"] = name_of(kLogNames, config.log_level);
  return out;
}

// JSON's strings, numbers and booleans are TOML's too; tables are written inline.
std::string toml_value(const Tree& value) {
  if (!value.is_structured()) return value.dump(-1, ' ', false, Tree::error_handler_t::replace);
  std::string out;
  for (const auto& item : value.items()) {
    if (!out.empty()) out += ", ";
    out += value.is_object() ? fmt::format("{} = {}", item.key(), toml_value(item.value())) : toml_value(item.value());
  }
  return value.is_object() ? fmt::format("{{ {} }}", out) : fmt::format("[{}]", out);
}

using Origins = std::map<std::string, std::string>;

std::string origin_in(const Origins& origins, const std::string& name) {
  const auto found = origins.find(name);
  return found == origins.end() ? "default" : found->second;
}

// `path`: what stands before its keys in `origins`, if there are any.
void write_table(std::string& out, const std::string& header, const Tree& table, const Origins* origins,
                 const std::string& path) {
  out += fmt::format("{}{}\n", out.empty() ? "" : "\n", header);
  for (const auto& item : table.items()) {
    out += fmt::format("{} = {}", item.key(), toml_value(item.value()));
    if (origins != nullptr) out += "  # " + printable(origin_in(*origins, path + item.key()), kMaxOrigin);
    out += '\n';
  }
}

std::string zone_path(const Tree& zone) {
  return fmt::format("zones.{}.", zone["id"].get<std::string>());
}

std::string toml_of(const Config& config, const Origins* origins) {
  std::string out;
  const Tree all = tree(config);
  for (const auto& section : all.items()) {
    if (section.value().is_array()) {
      for (const auto& table : section.value())
        write_table(out, "[[" + section.key() + "]]", table, origins, zone_path(table));
    } else {
      write_table(out, "[" + section.key() + "]", section.value(), origins, section.key() + ".");
    }
  }
  return out;
}

// Every key that is shown, with the default where no place is known.
Tree origins_tree(const Tree& all, const Origins& origins) {
  Tree out = Tree::object();
  const auto add = [&](const Tree& table, const std::string& path) {
    for (const auto& item : table.items()) out[path + item.key()] = origin_in(origins, path + item.key());
  };
  for (const auto& section : all.items()) {
    if (!section.value().is_array()) add(section.value(), section.key() + ".");
    if (!section.value().is_array()) continue;
    for (const auto& table : section.value()) add(table, zone_path(table));
  }
  return out;
}

}  // namespace

std::string show_json(const Config& config) {
  return tree(config).dump(2, ' ', false, Tree::error_handler_t::replace);
}

std::string show_toml(const Config& config) {
  return toml_of(config, nullptr);
}

std::string show_toml(const Loaded& loaded) {
  return toml_of(loaded.config, &loaded.origins);
}

std::string digest_of(const Config& config) {
  constexpr std::size_t kBytes = 8;
  return to_hex(ByteSpan(sha256(show_json(config))).first(kBytes));
}

std::string show_json(const Loaded& loaded) {
  Tree out = tree(loaded.config);
  out["origins"] = origins_tree(out, loaded.origins);
  return out.dump(2, ' ', false, Tree::error_handler_t::replace);
}

}  // namespace aisle::config
