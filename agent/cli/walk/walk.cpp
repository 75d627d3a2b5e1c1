#include "agent/cli/walk/walk.hpp"

#include <algorithm>

#include "agent/cli/output.hpp"
#include "agent/cli/walk/prompt.hpp"

namespace aisle::cli {
namespace {

constexpr Duration kChoosing = seconds{5};
constexpr std::size_t kMostCandidates = 8;
constexpr const char* kAnswers = "Enter: measure, s: skip, r: choose the device again, q: stop here.";

std::string name_of(const config::ZoneEntry& zone) {
  return zone.name == zone.id ? zone.id : fmt::format("{} ({})", zone.name, zone.id);
}

std::string question(const config::ZoneEntry& zone, bool inside) {
  if (inside)
    return fmt::format("\nStand in {} with the device as customers carry it, and turn around slowly.\n{}",
                       name_of(zone), kAnswers);
  return fmt::format("Stand just outside {}, where nobody should count as being there.\n{}", name_of(zone), kAnswers);
}

std::string why(calibrate::Sampling::State state, std::uint32_t count) {
  if (count == 0) return "the device is not heard by the receivers of this zone";
  if (state == calibrate::Sampling::State::out_of_time) return "time is up";
  return "the device has gone silent; a phone with the screen off may be, and it takes another address now and then: "
         "wake it, and choose it again with r";
}

std::vector<std::vector<std::string>> candidate_table(const std::vector<scan::AirRow>& rows) {
  std::vector<std::vector<std::string>> out = {{"device", "kind", "receiver", "dBm"}};
  for (const auto& row : rows)
    out.push_back({scan::alias_text(row.device), row.kind, std::string(row.receiver.view()),
                   fmt::format("{:.0f}", *row.rssi_dbm)});
  return out;
}

}  // namespace

// The loudest receiver's row of each device, loudest first.
Result<std::vector<scan::AirRow>> Walk::candidates() {
  scan::AirTable table(smoothing_);
  SteadyTime begun{}, now{};
  const auto heard = listening_.listen([&](const Listening::Moment& moment) {
    if (begun == SteadyTime{}) begun = moment.now;
    now = moment.now;
    if (moment.heard != nullptr) table.hear(*moment.heard);
    return now - begun < kChoosing;
  });
  if (!heard) return tl::unexpected(heard.error());
  std::vector<scan::AirRow> out;
  for (auto& row : table.rows(now)) {
    const bool known = row.kind != "unknown" && row.kind != "malformed";
    const bool wanted = options_.kind.empty() ? known : row.kind == options_.kind;
    const bool there = std::ranges::any_of(out, [&](const auto& other) { return other.device == row.device; });
    if (wanted && row.rssi_dbm && !there && out.size() < kMostCandidates) out.push_back(std::move(row));
  }
  return out;
}

Status Walk::choose_device() {
  const auto ready = ask("Hold the phone or beacon close to the gateway and press Enter; it is listened for 5 s.");
  if (!ready) return tl::unexpected(ready.error());
  const auto rows = candidates();
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty())
    return fail("no {} is heard ({}); see aislectl scan", options_.kind.empty() ? "beacon" : options_.kind,
                listening_.radio());
  options_.device = scan::alias_text(rows->front().device);
  if (options_.kind.empty()) {
    for (const auto& line : table_lines(candidate_table(*rows))) std::fprintf(stderr, "%s\n", line.c_str());
    const auto answer = ask(fmt::format("Which device is it? Enter: {}.", options_.device));
    if (!answer) return tl::unexpected(answer.error());
    if (!answer->empty()) options_.device = *answer;
  }
  std::fprintf(stderr, "Measuring with %s.\n", options_.device.c_str());
  return {};
}

Status Walk::go(const OnZone& on_zone) {
  if (options_.device.empty()) {
    if (auto chosen = choose_device(); !chosen) return chosen;
  }
  for (const auto* zone : zones_) {
    const auto step = measure_zone(*zone);
    if (!step) return tl::unexpected(step.error());
    if (inside_of(zone->id) != nullptr) on_zone(proposals_of(*zone));
    if (*step == Step::quit) break;
  }
  return {};
}

Result<Walk::Step> Walk::measure_zone(const config::ZoneEntry& zone) {
  auto inside = measure(zone, true);
  if (!inside || *inside != Step::done || !options_.outside) return inside;
  return measure(zone, false);
}

Result<Walk::Step> Walk::measure(const config::ZoneEntry& zone, bool inside) {
  for (;;) {
    const auto answer = ask(question(zone, inside));
    if (!answer) return tl::unexpected(answer.error());
    if (*answer == "s") return Step::leave_out;
    if (*answer == "q") return Step::quit;
    if (*answer == "r") {
      if (auto chosen = choose_device(); !chosen) return tl::unexpected(chosen.error());
      continue;
    }
    if (!answer->empty()) continue;
    auto sampling = sample(zone);
    if (!sampling) return tl::unexpected(sampling.error());
    const bool enough = sampling->state() == calibrate::Sampling::State::enough;
    if (!enough)
      std::fprintf(stderr, "%u samples: %s.\n", sampling->count(), why(sampling->state(), sampling->count()).c_str());
    // Outside, silence is an answer too: the zone is not heard as far as there.
    if (inside && !enough && sampling->count() < calibrate::kLeastLevels + zone.min_samples) continue;
    places_.push_back({zone.id, inside, sampling->samples()});
    return Step::done;
  }
}

Result<calibrate::Sampling> Walk::sample(const config::ZoneEntry& zone) {
  std::set<GatewayId> receivers;
  for (const auto& receiver : zone.receivers) receivers.insert(GatewayId(receiver.gateway));
  std::optional<calibrate::Sampling> sampling;
  ProgressBar progress(options_.samples);
  const auto heard = listening_.listen([&](const Listening::Moment& moment) {
    if (!sampling) sampling.emplace(receivers, options_.samples, moment.now);
    const scan::Heard* one = moment.heard;
    if (one != nullptr && one->rssi.known() && scan::alias_text(one->device) == options_.device) {
      sampling->hear(one->receiver, {one->at, static_cast<double>(one->rssi.value), one->louder});
      progress.at(sampling->count(), fmt::format("{} dBm", one->rssi.value));
    }
    sampling->pass(moment.now);
    return sampling->state() == calibrate::Sampling::State::running;
  });
  if (!heard) return tl::unexpected(heard.error());
  if (!*heard) return fail("the recording has ended");
  return std::move(*sampling);
}

const MeasuredPlace* Walk::inside_of(const std::string& zone) const {
  const auto found =
      std::ranges::find_if(places_, [&](const auto& place) { return place.inside && place.zone == zone; });
  return found == places_.end() ? nullptr : &*found;
}

std::vector<double> Walk::levels(const MeasuredPlace& place, const config::ZoneEntry& zone,
                                 const GatewayId& receiver) const {
  const auto found = place.samples.find(receiver);
  if (found == place.samples.end()) return {};
  return calibrate::smoothed_levels(found->second, {smoothing_.window, smoothing_.samples}, zone.min_samples);
}

// Just outside, and inside the other zones of the layer.
std::vector<calibrate::Place> Walk::places_outside(const config::ZoneEntry& zone, const GatewayId& receiver) const {
  std::vector<calibrate::Place> out;
  for (const auto& place : places_) {
    const auto other = std::ranges::find_if(zones_, [&](const auto* entry) { return entry->id == place.zone; });
    if (!place.inside && place.zone == zone.id) out.push_back({"just outside", levels(place, zone, receiver)});
    if (place.inside && place.zone != zone.id && (*other)->layer == zone.layer)
      out.push_back({fmt::format("zone {}", place.zone), levels(place, zone, receiver)});
  }
  return out;
}

std::vector<ZoneProposal> Walk::proposals_of(const config::ZoneEntry& zone) const {
  std::vector<ZoneProposal> out;
  const MeasuredPlace* const inside = inside_of(zone.id);
  if (inside == nullptr) return out;
  for (const auto& receiver : zone.receivers) {
    const GatewayId id(receiver.gateway);
    ZoneProposal one{&zone, &receiver, levels(*inside, zone, id), {}, {}};
    auto outside = places_outside(zone, id);
    one.proposal = calibrate::propose(one.inside, outside);
    for (auto& place : outside) {
      if (place.name == one.proposal.outside_name) one.outside = std::move(place.levels);
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<ZoneProposal> Walk::proposals() const {
  std::vector<ZoneProposal> out;
  for (const auto* zone : zones_) {
    for (auto& one : proposals_of(*zone)) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace aisle::cli
