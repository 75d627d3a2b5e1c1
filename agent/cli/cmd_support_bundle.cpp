// `aislectl support-bundle`: by the daemon, or from the files when none runs.
#include <memory>

#include "agent/app/status.hpp"
#include "agent/app/support_bundle.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"

namespace aisle::cli {
namespace {

Json dataset_states(const store::Loaded& loaded) {
  Json out = Json::object();
  for (const auto& entry : loaded.datasets) {
    out[std::string(to_string(entry.first))] = {
        {"count", entry.second.count}, {"epoch", entry.second.epoch}, {"cursor", entry.second.cursor}};
  }
  return out;
}

Result<nlohmann::json> collect_offline(const Common& common) {
  const auto config = config::load(common.config);
  std::vector<app::BundleFile> files = {
      {"about.json", Json{{"version", AISLE_VERSION}, {"daemon", "not running"}}.dump(2)},
      {"config.json", config ? config::show_json(*config) : Json{{"error", config.error().message()}}.dump(2)}};
  auto state = OfflineState::open(common, false);
  if (!state) return tl::unexpected(state.error());
  files.push_back({"datasets.json", dataset_states((*state)->loaded()).dump(2)});
  const auto outbox = (*state)->outbox();
  if (outbox) files.push_back({"outbox.json", app::outbox_json(*outbox).dump(2)});
  const auto secrets = config ? app::known_secrets(*config) : std::vector<std::string>();
  const auto bundle = app::write_bundle(common.state_dir, std::move(files), secrets, SystemClock().now());
  if (!bundle) return tl::unexpected(bundle.error());
  return nlohmann::json(*bundle);
}

int collect(const Common& common) {
  auto lines = ask_daemon(common.state_dir, {{"verb", "bundle"}});
  if (!lines) return complain(lines.error().message());
  nlohmann::json bundle;
  if (*lines && !(*lines)->empty()) {
    bundle = (**lines)[0];
  } else {
    auto collected = collect_offline(common);
    if (!collected) return complain(collected.error().message());
    bundle = std::move(*collected);
  }
  print_line(common.json ? bundle.dump() : bundle.value("path", ""));
  return kDone;
}

}  // namespace

void add_support_bundle(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand(
      "support-bundle",
      "Collect status, configuration, log and outbox in a tar file, without secrets; prints its path");
  const auto common = std::make_shared<Common>();
  verb->add_option("--config", common->config, "Configuration file (used when no daemon runs)")->capture_default_str();
  verb->add_option("--state-dir", common->state_dir, "State directory")->capture_default_str();
  verb->add_flag("--json", common->json, "JSON: path, bytes, sha256, files");
  verb->callback([&chosen, common] { chosen.run = [common] { return collect(*common); }; });
}

}  // namespace aisle::cli
