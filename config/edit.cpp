#include "config/edit.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <vector>

#include "config/known_keys.hpp"
#include "config/table_reader.hpp"
#include "config/value.hpp"

namespace aisle::config {
namespace {

constexpr std::string_view kZones = "zones.";

// A zone's key in two: its id may have dots.
struct ZoneKey {
  std::string id, key;
};
std::optional<ZoneKey> zone_key(const std::string& name) {
  const auto last = name.rfind('.');
  if (!name.starts_with(kZones) || last <= kZones.size()) return std::nullopt;
  return ZoneKey{name.substr(kZones.size(), last - kZones.size()), name.substr(last + 1)};
}

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> out;
  std::istringstream stream(name);
  for (std::string part; std::getline(stream, part, '.');) out.push_back(part);
  return out;
}

// As a person writes it: "zones.ID.name" of "zones[].name".
std::string spelled(std::string pattern, const std::string& id) {
  const auto at = pattern.find("[]");
  if (at != std::string::npos) pattern.replace(at, 2, "." + id);
  return pattern;
}

Error unknown_key(const std::string& name) {
  const auto zone = zone_key(name);
  std::vector<std::string> names;
  for (const auto& entry : known_keys()) {
    if (std::ranges::count(entry.first, '[') < 2) names.push_back(spelled(entry.first, zone ? zone->id : "ID"));
  }
  if (std::ranges::find(names, name) != names.end())
    return Error(fmt::format("{}: has no value of its own in this version", printable(name)));
  return Error(fmt::format("{}: no key of the configuration{}", printable(name), suggestion(name, names)));
}

Result<KeyRule> rule_of(const std::string& name) {
  const auto zone = zone_key(name);
  const auto known = known_keys();
  const auto found = known.find(zone ? "zones[]." + zone->key : name);
  if (found == known.end()) return tl::unexpected(unknown_key(name));
  if (name.find('.') == std::string::npos) return fail("{}: a key in it expected, as \"{}.KEY\"", name, name);
  return found->second;
}

toml::table& table_in(toml::table& table, const std::string& name) {
  toml::node* found = table.get(name);
  if (found == nullptr || !found->is_table()) found = &table.insert_or_assign(name, toml::table{}).first->second;
  return *found->as_table();
}

toml::table& zone_in(toml::table& document, const std::string& id) {
  toml::node* zones = document.get("zones");
  if (zones == nullptr || !zones->is_array()) zones = &document.insert_or_assign("zones", toml::array{}).first->second;
  for (auto& zone : *zones->as_array()) {
    if (zone.is_table() && (*zone.as_table())["id"].value<std::string>() == id) return *zone.as_table();
  }
  zones->as_array()->push_back(toml::table{{"id", id}});
  return *zones->as_array()->back().as_table();
}

std::string text_of(const toml::table& document) {
  std::ostringstream out;
  out << toml::toml_formatter(document, toml::toml_formatter::default_flags & ~toml::format_flags::indentation) << '\n';
  return out.str();
}

// Takes the key away, then each table on the way that is empty by then. False: it is not there.
bool take_from(toml::table& table, std::span<const std::string> parts) {
  const std::string& name = parts.front();
  toml::node* found = table.get(name);
  if (found == nullptr) return false;
  if (parts.size() > 1) {
    toml::table* inner = found->as_table();
    if (inner == nullptr || !take_from(*inner, parts.subspan(1))) return false;
    if (!inner->empty()) return true;
  }
  table.erase(name);
  return true;
}

// A zone that has only its id left goes as a whole.
bool take_from_zone(toml::table& document, const ZoneKey& key) {
  toml::array* zones = document["zones"].as_array();
  if (zones == nullptr || key.key == "id") return false;
  for (auto it = zones->begin(); it != zones->end(); ++it) {
    toml::table* zone = it->as_table();
    if (zone == nullptr || (*zone)["id"].value<std::string>() != key.id || !zone->contains(key.key)) continue;
    zone->erase(key.key);
    if (zone->size() == 1) zones->erase(it);
    if (zones->empty()) document.erase("zones");
    return true;
  }
  return false;
}

}  // namespace

Result<std::string> value_of(const Config& config, const std::string& key) {
  const auto all = nlohmann::ordered_json::parse(show_json(config));
  const nlohmann::ordered_json* at = &all;
  const auto dump = [](const nlohmann::ordered_json& value) { return value.dump(); };
  if (key.starts_with(kZones)) {
    const auto named = zone_key(key);
    for (const auto& zone : all["zones"]) {
      const std::string id = zone["id"];
      if (key.substr(kZones.size()) == id) return dump(zone);
      if (!named || named->id != id) continue;
      if (!zone.contains(named->key)) return tl::unexpected(unknown_key(key));
      return dump(zone[named->key]);
    }
    return fail("{}: no zone has this id", printable(key));
  }
  for (const auto& part : parts_of(key)) {
    if (!at->is_object() || !at->contains(part)) return tl::unexpected(unknown_key(key));
    at = &(*at)[part];
  }
  return dump(*at);
}

Result<std::string> with_key(std::string_view text, const std::string& file, const std::string& key,
                             std::string_view value) {
  const auto rule = rule_of(key);
  if (!rule) return tl::unexpected(rule.error());
  auto document = parse_toml(text, file);
  if (!document) return fail("{}: {}", place_text(document.error().place, file), document.error().what);
  auto parsed = parse_value(value, *rule, file);
  if (!parsed) return fail("{}: {}", key, parsed.error().what);

  toml::table* table = &*document;
  std::string last;
  if (const auto zone = zone_key(key)) {
    table = &zone_in(*document, zone->id);
    last = zone->key;
  } else {
    auto parts = parts_of(key);
    last = parts.back();
    parts.pop_back();
    for (const auto& part : parts) table = &table_in(*table, part);
  }
  table->insert_or_assign(last, std::move(*parsed->get("v")));
  return text_of(*document);
}

Result<std::string> without_key(std::string_view text, const std::string& file, const std::string& key) {
  if (const auto rule = rule_of(key); !rule) return tl::unexpected(rule.error());
  auto document = parse_toml(text, file);
  if (!document) return fail("{}: {}", place_text(document.error().place, file), document.error().what);
  const auto zone = zone_key(key);
  const auto parts = parts_of(key);
  const bool taken = zone ? take_from_zone(*document, *zone) : take_from(*document, parts);
  if (!taken) return fail("{}: {} is not set there", file, key);
  return document->empty() ? "" : text_of(*document);
}

}  // namespace aisle::config
