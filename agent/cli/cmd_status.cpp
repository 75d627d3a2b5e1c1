#include <memory>

#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"

namespace aisle::cli {
namespace {

struct StatusArguments {
  Common common;
  bool metrics = false;
};

int show_status(const StatusArguments& arguments) {
  const Common& common = arguments.common;
  const auto lines = ask_daemon(common.state_dir, {{"verb", arguments.metrics ? "metrics" : "status"}});
  if (!lines) return complain(lines.error().message());
  if (!*lines || (*lines)->empty())
    return complain(fmt::format("no daemon runs on {}; start aisled, or name its --state-dir", common.state_dir));
  const auto& status = (**lines)[0];
  if (arguments.metrics) {
    const auto text = status.value("text", std::string());
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else if (common.json) {
    print_line(status.dump());
  } else {
    print_tree(status);
  }
  return kDone;
}

}  // namespace

void add_status(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("status", "What the running daemon hears, knows, decides and sends: every counter");
  const auto given = std::make_shared<StatusArguments>();
  verb->add_option("--state-dir", given->common.state_dir, "The daemon's state directory")->capture_default_str();
  auto* json = verb->add_flag("--json", given->common.json, "JSON");
  verb->add_flag("--metrics", given->metrics, "As Prometheus reads it (text format 0.0.4)")->excludes(json);
  verb->callback([&chosen, given] { chosen.run = [given] { return show_status(*given); }; });
}

}  // namespace aisle::cli
