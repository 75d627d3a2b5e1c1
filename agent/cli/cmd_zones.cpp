// `aislectl zones list|calibrate`.
#include <fmt/ranges.h>

#include <memory>

#include "agent/cli/cmd_calibrate.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"

namespace aisle::cli {
namespace {

Json zone_json(const config::ZoneEntry& zone) {
  Json receivers = Json::array();
  for (const auto& entry : zone.receivers)
    receivers.push_back({{"id", entry.gateway}, {"enter_rssi", entry.enter_rssi}, {"exit_rssi", entry.exit_rssi}});
  return {{"id", zone.id},
          {"name", zone.name},
          {"kind", zone.kind},
          {"layer", zone.layer},
          {"receivers", std::move(receivers)},
          {"min_samples", zone.min_samples}};
}

int list_zones(const Common& common) {
  const auto config = config::load(common.config);
  if (!config) return complain(config.error().message());
  if (common.json) {
    for (const auto& zone : config->zones) print_line(zone_json(zone).dump());
    return kDone;
  }
  std::vector<std::vector<std::string>> rows = {
      {"zone", "name", "kind", "layer", "receiver", "enter_rssi", "exit_rssi"}};
  for (const auto& zone : config->zones) {
    for (const auto& entry : zone.receivers)
      rows.push_back({zone.id, zone.name, zone.kind, zone.layer, entry.gateway, std::to_string(entry.enter_rssi),
                      std::to_string(entry.exit_rssi)});
  }
  print_table(rows);
  return kDone;
}

void add_calibrate(CLI::App& zones, Chosen& chosen) {
  auto* verb = zones.add_subcommand(
      "calibrate",
      "Lead from zone to zone, measure in each and just outside, and propose enter_rssi and exit_rssi; "
      "questions are answered on stdin");
  const auto arguments = std::make_shared<CalibrateArguments>();
  bool* const outside = &arguments->walk.outside;
  verb->add_option("ZONE", arguments->zones, "Zones to measure, by id; all when none is named");
  verb->add_option("--config", arguments->common.config, "Configuration file")->capture_default_str();
  verb->add_option("--state-dir", arguments->common.state_dir, "The daemon's state directory")->capture_default_str();
  verb->add_option("--device", arguments->walk.device, "Measure with this device, by its name in aislectl scan, as d7");
  verb->add_option("--kind", arguments->walk.kind, "Measure with the strongest device of this kind, as aisle_token");
  verb->add_option("--samples", arguments->walk.samples, "Adverts to measure in each place")
      ->check(CLI::Range(20U, 10'000U))
      ->capture_default_str();
  verb->add_flag_callback(
      "--no-outside", [outside] { *outside = false; }, "Do not measure just outside each zone");
  verb->add_flag("--write", arguments->write,
                 "Write the thresholds into the drop-in 90-local.toml without asking, and reload the daemon");
  verb->add_flag("--json", arguments->common.json, "One JSON object at the end; writes only with --write");
  verb->callback([&chosen, arguments] { chosen.run = [arguments] { return calibrate_zones(*arguments); }; });
}

}  // namespace

void add_zones(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("zones", "List or calibrate the zones of the configuration");
  verb->require_subcommand(1);
  const auto common = std::make_shared<Common>();
  auto* list = verb->add_subcommand("list", "Print the zones with their receivers and thresholds");
  list->add_option("--config", common->config, "Configuration file")->capture_default_str();
  list->add_flag("--json", common->json, "JSON lines");
  list->callback([&chosen, common] { chosen.run = [common] { return list_zones(*common); }; });
  add_calibrate(*verb, chosen);
}

}  // namespace aisle::cli
