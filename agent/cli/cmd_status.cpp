#include <memory>

#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"

namespace aisle::cli {
namespace {

int show_status(const Common& common) {
  const auto lines = ask_daemon(common.state_dir, {{"verb", "status"}});
  if (!lines) return complain(lines.error().message());
  if (!*lines || (*lines)->empty())
    return complain(fmt::format("no daemon runs on {}; start aisled, or name its --state-dir", common.state_dir));
  const auto& status = (**lines)[0];
  if (common.json) {
    print_line(status.dump());
  } else {
    print_tree(status);
  }
  return kDone;
}

}  // namespace

void add_status(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("status", "What the running daemon hears, knows, decides and sends: every counter");
  const auto common = std::make_shared<Common>();
  verb->add_option("--state-dir", common->state_dir, "The daemon's state directory")->capture_default_str();
  verb->add_flag("--json", common->json, "JSON");
  verb->callback([&chosen, common] { chosen.run = [common] { return show_status(*common); }; });
}

}  // namespace aisle::cli
