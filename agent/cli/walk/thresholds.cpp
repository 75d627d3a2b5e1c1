#include "agent/cli/walk/thresholds.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace aisle::cli {
namespace {

// Gateway ids need no quoting beyond this: [a-z0-9-].
std::string entry_text(const config::ZoneReceiverEntry& entry) {
  return fmt::format(R"({{id = "{}", enter_rssi = {}, exit_rssi = {}}})", entry.gateway, entry.enter_rssi,
                     entry.exit_rssi);
}

bool has_own_thresholds(const config::ZoneEntry& zone) {
  const auto& entry = zone.receivers.front();
  return entry.enter_rssi != zone.enter_rssi || entry.exit_rssi != zone.exit_rssi;
}

void add_edits(const config::ZoneEntry& zone, const std::vector<config::ZoneReceiverEntry>& receivers,
               std::vector<ConfigEdit>& out) {
  const std::string prefix = "zones." + zone.id + ".";
  if (receivers.size() == 1 && !has_own_thresholds(zone)) {
    out.push_back({prefix + "enter_rssi", std::to_string(receivers.front().enter_rssi)});
    out.push_back({prefix + "exit_rssi", std::to_string(receivers.front().exit_rssi)});
    return;
  }
  std::vector<std::string> entries;
  entries.reserve(receivers.size());
  for (const auto& entry : receivers) entries.push_back(entry_text(entry));
  out.push_back({prefix + "receivers", fmt::format("[{}]", fmt::join(entries, ", "))});
}

}  // namespace

std::vector<ConfigEdit> threshold_edits(const std::vector<ZoneProposal>& proposals) {
  std::vector<ConfigEdit> out;
  for (std::size_t i = 0; i < proposals.size();) {
    const config::ZoneEntry& zone = *proposals[i].zone;
    auto receivers = zone.receivers;
    bool any = false;
    for (; i < proposals.size() && proposals[i].zone == &zone; ++i) {
      const auto& one = proposals[i];
      if (one.proposal.verdict == calibrate::Verdict::too_few) continue;
      any = true;
      auto& entry = *std::ranges::find(receivers, one.receiver->gateway, &config::ZoneReceiverEntry::gateway);
      entry.enter_rssi = one.proposal.enter_rssi;
      entry.exit_rssi = one.proposal.exit_rssi;
    }
    if (any) add_edits(zone, receivers, out);
  }
  return out;
}

}  // namespace aisle::cli
