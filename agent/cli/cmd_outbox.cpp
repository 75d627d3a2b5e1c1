#include <memory>

#include "agent/app/status.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"

namespace aisle::cli {
namespace {

Result<nlohmann::json> outbox_of(const std::string& state_dir) {
  auto lines = ask_daemon(state_dir, {{"verb", "outbox"}});
  if (!lines) return tl::unexpected(lines.error());
  if (*lines && !(*lines)->empty()) return std::move((**lines)[0]);
  auto state = OfflineState::open(state_dir, false);
  if (!state) return tl::unexpected(state.error());
  const auto status = (*state)->outbox();
  if (!status) return tl::unexpected(status.error());
  return nlohmann::json(app::outbox_json(*status));
}

}  // namespace

void add_outbox(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("outbox", "Events that the broker has not acknowledged yet");
  verb->require_subcommand(1);
  const auto common = std::make_shared<Common>();
  auto* sub = verb->add_subcommand("status", "How many wait, how old, and what was refused");
  sub->add_option("--state-dir", common->state_dir, "State directory")->capture_default_str();
  sub->add_flag("--json", common->json, "JSON");
  sub->callback([&chosen, common] {
    chosen.run = [common] {
      const auto status = outbox_of(common->state_dir);
      if (!status) return complain(status.error().message());
      if (common->json) {
        print_line(status->dump());
      } else {
        print_tree(*status);
      }
      return kDone;
    };
  });
}

}  // namespace aisle::cli
