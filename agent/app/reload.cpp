#include "agent/app/reload.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace aisle::app {
namespace {

using nlohmann::json;

// "section.key" of everything that differs; an array of tables as a whole.
std::set<std::string> differences(const config::Config& a, const config::Config& b) {
  std::set<std::string> keys;
  const auto before = json::parse(config::show_json(a));
  const auto after = json::parse(config::show_json(b));
  for (const auto& section : after.items()) {
    const json was = before.value(section.key(), json());
    if (was == section.value()) continue;
    if (!section.value().is_object()) {
      keys.insert(section.key());
      continue;
    }
    for (const auto& entry : section.value().items()) {
      if (was.value(entry.key(), json()) != entry.value()) keys.insert(section.key() + "." + entry.key());
    }
  }
  return keys;
}

// Whether nothing but thresholds differs.
bool same_but_thresholds(const std::vector<config::ZoneEntry>& a, std::vector<config::ZoneEntry> b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].receivers.size() != b[i].receivers.size()) return false;
    b[i].enter_rssi = a[i].enter_rssi;
    b[i].exit_rssi = a[i].exit_rssi;
    for (std::size_t r = 0; r < a[i].receivers.size(); ++r) {
      b[i].receivers[r].enter_rssi = a[i].receivers[r].enter_rssi;
      b[i].receivers[r].exit_rssi = a[i].receivers[r].exit_rssi;
    }
  }
  return a == b;
}

void take_live(config::Config& into, const config::Config& from) {
  into.log_level = from.log_level;
  into.outbox = from.outbox;
  into.time_trust = from.time_trust;
  into.time_wait = from.time_wait;
  into.privacy.consent_max_age = from.privacy.consent_max_age;
  into.commands = from.commands;
  into.update = from.update;
  if (same_but_thresholds(into.zones, from.zones)) into.zones = from.zones;
}

}  // namespace

ReloadReport take_over(config::Config& current, const config::Config& fresh) {
  const auto changed = differences(current, fresh);
  take_live(current, fresh);
  const auto left = differences(current, fresh);
  ReloadReport report;
  for (const auto& key : changed) (left.contains(key) ? report.restart : report.applied).push_back(key);
  return report;
}

Result<std::optional<Ed25519Public>> pinned_key(const config::CommandsSection& commands) {
  if (commands.public_key.empty()) return std::optional<Ed25519Public>();
  if (auto key = parse_ed25519_public(commands.public_key)) return std::optional(*key);
  std::ifstream file(commands.public_key);
  if (!file) return fail("[commands] public_key: {} cannot be read", commands.public_key);
  auto key = parse_ed25519_public(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!key) return tl::unexpected(key.error().within(fmt::format("[commands] public_key: {}", commands.public_key)));
  return std::optional(*key);
}

}  // namespace aisle::app
