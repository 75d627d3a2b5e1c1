#include "agent/cli/cmd_calibrate.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"
#include "agent/cli/walk/prompt.hpp"
#include "agent/cli/walk/report.hpp"
#include "agent/cli/walk/thresholds.hpp"

namespace aisle::cli {
namespace {

Result<std::vector<const config::ZoneEntry*>> chosen_zones(const config::Config& config,
                                                           const std::vector<std::string>& ids) {
  std::vector<const config::ZoneEntry*> out;
  for (const auto& zone : config.zones) {
    if (ids.empty() || std::ranges::find(ids, zone.id) != ids.end()) out.push_back(&zone);
  }
  for (const auto& id : ids) {
    if (std::ranges::find(config.zones, id, &config::ZoneEntry::id) == config.zones.end())
      return fail("no zone is called \"{}\"; see aislectl zones list", id);
  }
  if (out.empty()) return fail("the configuration has no zones");
  return out;
}

// What the running daemon made of the new thresholds.
Json reload_daemon(const Common& common) {
  const auto lines = ask_daemon(common.state_dir, {{"verb", "reload"}});
  if (!lines) return {{"daemon", "refused"}, {"why", lines.error().message()}};
  if (!*lines || (*lines)->empty()) return {{"daemon", "not running"}};
  Json out = (**lines)[0];
  out["daemon"] = "reloaded";
  return out;
}

void tell_reload(const Json& reload) {
  if (reload["daemon"] == "not running") return print_line("no daemon runs; it takes them when it starts");
  if (reload["daemon"] == "refused") {
    return print_line(fmt::format("the daemon goes on with the old ones: {}", reload["why"].get<std::string>()));
  }
  const auto restart = reload["restart"].get<std::vector<std::string>>();
  if (restart.empty()) return print_line("the daemon has reloaded, and they hold");
  print_line(fmt::format("the daemon must restart for {}: systemctl restart aisle-agent", fmt::join(restart, ", ")));
}

struct Written {
  Json file, reload;
};
// Error: nothing was written.
Result<Written> write(const Common& common, const LocalChange& change) {
  if (auto written = write_change(common.config, change); !written) return tl::unexpected(written.error());
  for (const auto& [key, over] : change.covered_by)
    std::fprintf(stderr, "%s is without effect: %s goes over it\n", key.c_str(), over.c_str());
  return Written{Json(change.file), reload_daemon(common)};
}

bool wants_it(const CalibrateArguments& arguments, const std::string& file) {
  if (arguments.write) return true;
  if (arguments.common.json) return false;
  const auto answer = ask(fmt::format("\nWrite them to {}? [y/N]", file));
  return answer && (*answer == "y" || *answer == "yes");
}

int finish(const CalibrateArguments& arguments, const std::string& device, const std::vector<ZoneProposal>& proposals) {
  const auto& common = arguments.common;
  const auto edits = threshold_edits(proposals);
  Written written;
  if (!common.json) print_summary(proposals);
  if (!edits.empty()) {
    const auto change = plan_change(common.config, edits);
    if (!change) return complain(change.error().message() + "\nnothing was written");
    if (wants_it(arguments, change->file)) {
      auto done = write(common, *change);
      if (!done) return complain(done.error().message());
      written = std::move(*done);
    }
  }
  if (common.json) {
    Json zones = Json::array();
    for (const auto& one : proposals) zones.push_back(proposal_json(one));
    print_line(
        Json{{"device", device}, {"zones", zones}, {"written", written.file}, {"reload", written.reload}}.dump());
  } else if (written.file.is_string()) {
    print_line(fmt::format("{}: written", written.file.get<std::string>()));
    tell_reload(written.reload);
  } else {
    print_line("nothing was written");
  }
  return edits.empty() ? complain("no zone could be measured") : kDone;
}

}  // namespace

int calibrate_zones(const CalibrateArguments& arguments) {
  const auto config = config::load(arguments.common.config);
  if (!config) return complain(config.error().message());
  const auto zones = chosen_zones(*config, arguments.zones);
  if (!zones) return complain(zones.error().message());
  const auto air = open_air(arguments.common);
  if (!air) return complain(air.error().message());
  Walk walk(arguments.walk, *zones, **air);
  const auto done = walk.go([&](const auto& proposals) {
    if (!arguments.common.json) print_proposals(proposals);
  });
  if (!done) return complain(done.error().message() + "\nnothing was written");
  return finish(arguments, walk.device(), walk.proposals());
}

}  // namespace aisle::cli
