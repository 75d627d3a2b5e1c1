#include "agent/cli/walk/report.hpp"

#include "agent/calibrate/advice.hpp"
#include "agent/calibrate/chart.hpp"
#include "agent/cli/output.hpp"

namespace aisle::cli {
namespace {

bool proposed(const ZoneProposal& one) {
  return one.proposal.verdict != calibrate::Verdict::too_few;
}

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

Json spread_json(const calibrate::Spread& spread) {
  if (spread.levels == 0) return {{"levels", 0}};
  return {{"levels", spread.levels},
          {"p10", rounded(spread.low, 10)},
          {"median", rounded(spread.median, 10)},
          {"p90", rounded(spread.high, 10)}};
}

std::string spread_text(const char* where, const calibrate::Spread& spread) {
  return fmt::format("{}: median {:.0f} dBm, from {:.0f} to {:.0f} in eight of ten, {} levels", where, spread.median,
                     spread.low, spread.high, spread.levels);
}

std::string change_text(int before, int after, bool known) {
  return known ? fmt::format("{} -> {}", before, after) : fmt::format("{} stays", before);
}

}  // namespace

void print_proposals(const std::vector<ZoneProposal>& proposals) {
  for (const auto& one : proposals) {
    const auto& proposal = one.proposal;
    print_line(fmt::format("\n{} at receiver {}", one.zone->id, one.receiver->gateway));
    for (const auto& line : calibrate::chart(one.inside, one.outside, proposal)) print_line(line);
    if (proposal.inside.levels > 0) print_line(spread_text("inside", proposal.inside));
    if (proposal.outside.levels > 0) print_line(spread_text(proposal.outside_name.c_str(), proposal.outside));
    print_line(calibrate::finding(proposal));
    for (const auto& line : calibrate::advice(proposal)) print_line("- " + line);
  }
  std::fflush(stdout);
}

void print_summary(const std::vector<ZoneProposal>& proposals) {
  std::vector<std::vector<std::string>> rows = {
      {"zone", "receiver", "enter_rssi", "exit_rssi", "missed", "enter wrongly", "verdict"}};
  for (const auto& one : proposals) {
    const auto& proposal = one.proposal;
    const bool known = proposed(one);
    rows.push_back({one.zone->id, one.receiver->gateway,
                    change_text(one.receiver->enter_rssi, proposal.enter_rssi, known),
                    change_text(one.receiver->exit_rssi, proposal.exit_rssi, known),
                    fmt::format("{:.0f} %", proposal.missed * 100), fmt::format("{:.0f} %", proposal.entering * 100),
                    std::string(to_string(proposal.verdict))});
  }
  print_line("");
  print_table(rows);
}

Json proposal_json(const ZoneProposal& one) {
  const auto& proposal = one.proposal;
  const bool known = proposed(one);
  Json out = {{"zone", one.zone->id},
              {"receiver", one.receiver->gateway},
              {"verdict", to_string(proposal.verdict)},
              {"enter_rssi", known ? Json(proposal.enter_rssi) : Json()},
              {"exit_rssi", known ? Json(proposal.exit_rssi) : Json()},
              {"before", {{"enter_rssi", one.receiver->enter_rssi}, {"exit_rssi", one.receiver->exit_rssi}}},
              {"inside", spread_json(proposal.inside)},
              {"outside", spread_json(proposal.outside)}};
  out["outside"]["place"] = proposal.outside_name.empty() ? Json() : Json(proposal.outside_name);
  out["missed"] = rounded(proposal.missed, 1000);
  out["leaving"] = rounded(proposal.leaving, 1000);
  out["entering"] = rounded(proposal.entering, 1000);
  out["staying"] = rounded(proposal.staying, 1000);
  out["finding"] = calibrate::finding(proposal);
  out["advice"] = calibrate::advice(proposal);
  return out;
}

}  // namespace aisle::cli
