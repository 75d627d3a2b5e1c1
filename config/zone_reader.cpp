#include <algorithm>
#include <set>

#include "agent/model/ids.hpp"
#include "config/section_readers.hpp"

namespace aisle::config {
namespace {

constexpr std::size_t kMaxZones = 1000;
constexpr std::size_t kMaxReceivers = 256;
constexpr std::size_t kMaxDwellSteps = 16;
constexpr std::size_t kMaxCategories = 64;
constexpr std::size_t kMaxCorners = 1000;

// The values of Dbm that a threshold can have; the upper end is the HCI's.
void read_thresholds(TableReader& table, ZoneReceiverEntry& out) {
  table.integer("enter_rssi", out.enter_rssi, -127, 20);
  table.integer("exit_rssi", out.exit_rssi, -127, 20);
}

// A zone's own; where only enter_rssi is given, exit_rssi is as far below it as it is by default.
void read_zone_thresholds(TableReader& table, ZoneReceiverEntry& out) {
  constexpr int kHysteresis = 8;
  read_thresholds(table, out);
  if (table.has("enter_rssi") && !table.has("exit_rssi")) out.exit_rssi = std::max(-127, out.enter_rssi - kHysteresis);
}

void check_thresholds(TableReader& table, const ZoneReceiverEntry& entry) {
  if (entry.exit_rssi < entry.enter_rssi) return;
  const std::string_view key = table.has("exit_rssi") || !table.has("enter_rssi") ? "exit_rssi" : "enter_rssi";
  table.problem(key, fmt::format("exit_rssi below enter_rssi expected, not {} with enter_rssi {}", entry.exit_rssi,
                                 entry.enter_rssi));
}

// One element of `receivers`: a gateway id, or a table with thresholds of its own.
bool read_receiver(TableReader& zone, const toml::node& node, std::size_t index, ZoneReceiverEntry& out) {
  const std::string path = fmt::format("{}[{}]", zone.path_of("receivers"), index);
  if (const auto* text = node.as_string()) {
    out.gateway = text->get();
  } else if (const auto* table = node.as_table()) {
    TableReader reader = zone.element("receivers", *table, index);
    const ZoneReceiverEntry inherited = out;
    reader.note("id", fmt::format(R"("type":"string","pattern":"{}")", kSiteIdPattern));
    reader.required_text("id", out.gateway, {1, 32}, "the gateway's id");
    read_thresholds(reader, out);
    if (out.enter_rssi != inherited.enter_rssi || out.exit_rssi != inherited.exit_rssi) check_thresholds(reader, out);
    reader.finish();
    if (out.gateway.empty()) return false;
  } else {
    zone.problem_at(node, path, fmt::format("a gateway id or a table with id expected, not {}", describe(node)));
    return false;
  }
  if (is_site_id(out.gateway)) return true;
  zone.problem_at(node, path, fmt::format("a gateway id expected, not \"{}\"", printable(out.gateway)));
  return false;
}

void read_receivers(TableReader& zone, ZoneEntry& out) {
  ZoneReceiverEntry shared;
  read_zone_thresholds(zone, shared);
  check_thresholds(zone, shared);
  out.enter_rssi = shared.enter_rssi;
  out.exit_rssi = shared.exit_rssi;
  zone.note("receivers",
            fmt::format(R"("type":"array","minItems":1,"maxItems":{},)"
                        R"("items":{{"anyOf":[{{"type":"string","pattern":"{}"}},{{"type":"object"}}]}})",
                        kMaxReceivers, kSiteIdPattern),
            true);
  const toml::array* receivers = zone.array("receivers", kMaxReceivers, "an array of gateway ids");
  if (receivers == nullptr) {
    if (!zone.has("receivers")) zone.problem("receivers", "required: the gateways that hear this zone, as [\"g1\"]");
    return;
  }
  if (receivers->empty()) zone.problem("receivers", "at least one gateway expected");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < receivers->size(); ++i) {
    ZoneReceiverEntry entry = shared;
    const toml::node& node = *receivers->get(i);
    if (!read_receiver(zone, node, i, entry)) continue;
    if (!seen.insert(entry.gateway).second) {
      zone.problem_at(node, fmt::format("{}[{}]", zone.path_of("receivers"), i),
                      fmt::format("\"{}\" is listed twice", entry.gateway));
    }
    out.receivers.push_back(std::move(entry));
  }
}

void read_dwell(TableReader& zone, std::vector<seconds>& out) {
  zone.note("dwell_s", fmt::format(R"("type":"array","maxItems":{},"items":{{"type":"integer","minimum":1,)"
                                   R"("maximum":86400}})",
                                   kMaxDwellSteps));
  const toml::array* steps = zone.array("dwell_s", kMaxDwellSteps, "an array of seconds");
  if (steps == nullptr) return;
  out.clear();
  for (std::size_t i = 0; i < steps->size(); ++i) {
    const toml::node& node = *steps->get(i);
    const auto* value = node.as_integer();
    const std::int64_t above = out.empty() ? 0 : out.back().count();
    if (value == nullptr || value->get() <= above || value->get() > 86400) {
      zone.problem_at(node, fmt::format("{}[{}]", zone.path_of("dwell_s"), i),
                      fmt::format("rising integers from {} to 86400 expected, not {}", above + 1, describe(node)));
    } else {
      out.emplace_back(value->get());
    }
  }
}

void read_polygon(TableReader& zone) {
  zone.note("polygon", fmt::format(R"("type":"array","minItems":3,"maxItems":{},"items":{{"type":"array",)"
                                   R"("minItems":2,"maxItems":2,"items":{{"type":"number"}}}})",
                                   kMaxCorners));
  const toml::array* corners = zone.array("polygon", kMaxCorners, "an array of [x, y]");
  if (corners != nullptr) {
    const bool pairs =
        corners->size() >= 3 && std::all_of(corners->begin(), corners->end(), [](const toml::node& node) {
          const toml::array* pair = node.as_array();
          return pair != nullptr && pair->size() == 2 && pair->get(0)->is_number() && pair->get(1)->is_number();
        });
    if (!pairs) zone.problem("polygon", "at least three corners [x, y] in metres expected");
  }
  zone.unused("polygon");
}

void read_kind(TableReader& zone, std::string& out) {
  if (const auto index = zone.one_of("kind", kZoneKinds)) out = kZoneKinds.at(*index);
}

ZoneEntry read_zone(TableReader& zone, seconds visit_gap) {
  ZoneEntry out;
  zone.required_text("id", out.id, {1, 128}, "the zone's id");
  if (!zone.text("name", out.name, {1, 256})) out.name = out.id;
  read_kind(zone, out.kind);
  zone.text("layer", out.layer, {1, 64});
  read_receivers(zone, out);
  zone.integer("min_samples", out.min_samples, 1, 64);
  zone.duration("exit_after_s", out.exit_after, 1, 86400);
  if (out.exit_after > visit_gap) {
    zone.problem("exit_after_s", fmt::format("at most presence.visit_gap_s ({}) expected, not {}", visit_gap.count(),
                                             out.exit_after.count()));
  }
  read_dwell(zone, out.dwell);
  zone.texts("categories", out.categories, kMaxCategories);
  read_polygon(zone);
  zone.finish();
  return out;
}

// Whether a zone lists it.
bool listed(const std::vector<ZoneEntry>& zones, std::string_view gateway) {
  return std::ranges::any_of(zones, [&](const ZoneEntry& zone) {
    return std::ranges::any_of(zone.receivers, [&](const auto& entry) { return entry.gateway == gateway; });
  });
}

// Receivers of our own whose adverts would place nobody.
void warn_of_unlisted_receivers(TableReader& root, const Config& config) {
  std::set<std::string> warned;
  for (const auto& adapter : config.ble.adapters) {
    const bool own = adapter.receiver.empty() || adapter.receiver == config.store.gateway;
    const std::string& id = own ? config.store.gateway : adapter.receiver;
    if (listed(config.zones, id) || !warned.insert(id).second) continue;
    root.warn("zones", own ? fmt::format("no zone lists this gateway (\"{}\") as a receiver", printable(id))
                           : fmt::format("no zone lists \"{}\", the receiver of adapter \"{}\"", id, adapter.name));
  }
}

}  // namespace

void read_zones(TableReader& root, Config& out) {
  root.note("zones", fmt::format(R"("type":"array","maxItems":{},"items":{{"type":"object"}})", kMaxZones));
  const toml::array* zones = root.array("zones", kMaxZones, "tables [[zones]]");
  std::set<std::string> ids;
  for (std::size_t i = 0; zones != nullptr && i < zones->size(); ++i) {
    const toml::node& node = *zones->get(i);
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      root.problem_at(node, fmt::format("zones[{}]", i), fmt::format("a table expected, not {}", describe(node)));
      continue;
    }
    TableReader reader = root.element("zones", *table, i);
    ZoneEntry zone = read_zone(reader, out.presence.visit_gap);
    if (!zone.id.empty() && !ids.insert(zone.id).second)
      reader.problem("id", fmt::format("another zone is called \"{}\" already", printable(zone.id)));
    out.zones.push_back(std::move(zone));
  }
  if (!root.has("zones") || (zones != nullptr && zones->empty())) {
    root.warn("zones", "no zones: nobody can be placed");
  } else {
    warn_of_unlisted_receivers(root, out);
  }
}

}  // namespace aisle::config
