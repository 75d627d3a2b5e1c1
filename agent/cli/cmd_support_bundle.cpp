// `aislectl support-bundle`: by the daemon, or from the files when none runs; with what `doctor` finds.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "agent/app/secrets.hpp"
#include "agent/app/status.hpp"
#include "agent/app/support_bundle.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/examination.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/owner.hpp"
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

std::string pretty(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

// Of a private copy: what is damaged stays as it is. A database that cannot be read is told of, not required.
void add_database(const Common& common, std::vector<app::BundleFile>& files) {
  const auto state = OfflineState::open_copy(common);
  if (!state) {
    files.push_back({"outbox.json", pretty({{"error", state.error().message()}})});
    return;
  }
  files.push_back({"datasets.json", pretty(dataset_states((*state)->loaded()))});
  const auto outbox = (*state)->outbox();
  files.push_back(
      {"outbox.json", pretty(outbox ? app::outbox_json(*outbox) : Json{{"error", outbox.error().message()}})});
}

Result<nlohmann::json> collect_offline(const Common& common, const Json& report) {
  const auto config = config::load(common.config);
  std::vector<app::BundleFile> files = {
      {"about.json", pretty({{"version", AISLE_VERSION}, {"daemon", "does not answer"}})},
      {"config.json", config ? config::show_json(*config) : pretty({{"error", config.error().message()}})},
      {"doctor.json", pretty(report)}};
  add_database(common, files);
  const auto secrets = config ? app::known_secrets(*config) : std::vector<std::string>();
  if (auto acts = act_as_owner(common.state_dir); !acts) return tl::unexpected(acts.error());
  const auto bundle = app::write_bundle(common.state_dir, std::move(files), secrets, SystemClock().now());
  if (!bundle) return tl::unexpected(bundle.error());
  return nlohmann::json(*bundle);
}

// A daemon that runs and does not answer is no reason to go without.
Result<nlohmann::json> collect_all(const Common& common, const Json& report, bool daemon_answers) {
  if (daemon_answers) {
    auto lines = ask_daemon(common.state_dir, {{"verb", "bundle"}, {"doctor", report}});
    if (!lines) return tl::unexpected(lines.error());
    if (*lines && !(*lines)->empty()) return std::move((**lines)[0]);
  }
  return collect_offline(common, report);
}

int collect(const Common& common) {
  const auto findings = examine(common);
  const bool answers = std::ranges::any_of(findings.list, [](const doctor::Finding& finding) {
    return finding.id == "daemon.running" && finding.state == doctor::State::ok;
  });
  const auto bundle = collect_all(common, doctor::report_json(findings.list), answers);
  const int code = bundle ? kDone : complain(bundle.error().message());
  if (bundle) print_line(common.json ? bundle->dump() : bundle->value("path", ""));
  if (findings.left_behind) {
    std::fflush(nullptr);
    _exit(code);  // see examine
  }
  return code;
}

}  // namespace

void add_support_bundle(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("support-bundle",
                                  "Collect status, configuration, log, outbox and what doctor finds in a tar file, "
                                  "without secrets; prints its path");
  const auto common = std::make_shared<Common>();
  verb->add_option("--config", common->config, "Configuration file")->capture_default_str();
  verb->add_option("--state-dir", common->state_dir, "State directory")->capture_default_str();
  verb->add_flag("--json", common->json, "JSON: path, bytes, sha256, files");
  verb->callback([&chosen, common] { chosen.run = [common] { return collect(*common); }; });
}

}  // namespace aisle::cli
