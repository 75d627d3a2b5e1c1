#include <memory>

#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "config/config.hpp"

namespace aisle::cli {
namespace {

int with_config(const Common& common, const std::function<void(const config::Config&)>& use) {
  const auto config = config::load(common.config);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().message().c_str());
    return kFailed;
  }
  for (const auto& warning : config->warnings)
    std::fprintf(stderr, "%s: warning: %s\n", common.config.c_str(), warning.c_str());
  use(*config);
  return kDone;
}

}  // namespace

void add_config(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("config", "Check or show the configuration");
  verb->require_subcommand(1);
  const auto common = std::make_shared<Common>();
  for (const char* name : {"check", "show"}) {
    auto* sub =
        verb->add_subcommand(name, std::string(name) == "check" ? "Say whether it is valid, and what is wrong where"
                                                                : "Print every key with the value in force");
    sub->add_option("--config", common->config, "Configuration file")->capture_default_str();
    sub->add_flag("--json", common->json, "JSON");
    const bool show = std::string(name) == "show";
    sub->callback([&chosen, common, show] {
      chosen.run = [common, show] {
        return with_config(*common, [&](const config::Config& config) {
          if (show) {
            print_line(common->json ? config::show_json(config) : config::show_toml(config));
          } else {
            print_line(common->json ? R"({"valid":true})" : common->config + ": valid");
          }
        });
      };
    });
  }
}

}  // namespace aisle::cli
