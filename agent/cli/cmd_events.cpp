#include <memory>

#include "agent/app/compose.hpp"
#include "agent/cli/cloud/feed_text.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/control/client.hpp"

namespace aisle::cli {
namespace {

int tail(const Common& common) {
  auto client = control::Client::connect(app::control_path_to_ask(common.state_dir));
  if (!client) return complain(client.error().message());
  if (*client == nullptr)
    return complain(fmt::format("no daemon runs on {}; start aisled, or name its --state-dir", common.state_dir));
  if (const auto asked = (*client)->ask({{"verb", "tail"}}); !asked) return complain(asked.error().message());
  for (;;) {
    const auto text = (*client)->next_text(std::nullopt);
    if (!text) return complain(text.error().message());
    if (!*text) return complain("the daemon has stopped");
    const auto event = nlohmann::json::parse(**text, nullptr, false);
    if (!event.is_object()) return complain("the daemon answered with something that is not a JSON object");
    if (event.contains("error")) return complain(event["error"].dump());
    print_line(common.json ? **text : cloud::feed_text(event));
    std::fflush(stdout);
  }
}

}  // namespace

void add_events(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("events", "The events of the running daemon");
  verb->require_subcommand(1);
  const auto common = std::make_shared<Common>();
  auto* sub = verb->add_subcommand("tail", "Print each event once it is committed, until interrupted");
  sub->add_option("--state-dir", common->state_dir, "The daemon's state directory")->capture_default_str();
  sub->add_flag("--json", common->json, "CloudEvents, one JSON object a line");
  sub->callback([&chosen, common] { chosen.run = [common] { return tail(*common); }; });
}

}  // namespace aisle::cli
