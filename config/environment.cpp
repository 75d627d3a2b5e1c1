#include "config/environment.hpp"

#include <algorithm>

#include "config/known_keys.hpp"
#include "config/table_reader.hpp"
#include "config/value.hpp"

namespace aisle::config {
namespace {

struct Key {
  std::string section, name;
  KeyRule rule;
};

// "AISLE_SYNC__HOST" of "sync" and "host".
std::string variable_of(const std::string& section, const std::string& name) {
  std::string out = "AISLE_" + section + "__" + name;
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

// Every key right below a section; not those of zones, of which there are many.
std::map<std::string, Key> variables() {
  std::map<std::string, Key> out;
  for (const auto& [key, rule] : known_keys()) {
    const auto dot = key.find('.');
    if (dot == std::string::npos || dot != key.rfind('.') || key.find('[') != std::string::npos) continue;
    const std::string section = key.substr(0, dot);
    const std::string name = key.substr(dot + 1);
    out.emplace(variable_of(section, name), Key{section, name, rule});
  }
  return out;
}

std::string unknown(const std::string& name, const std::map<std::string, Key>& known) {
  if (name.starts_with("AISLE_ZONES__")) return "zones cannot be set here; a drop-in can";
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& entry : known) names.push_back(entry.first);
  return "no key of the configuration" + suggestion(name, names);
}

}  // namespace

toml::table environment_document(const Environment& environment, Problems& problems) {
  toml::table out;
  if (environment.empty()) return out;
  const auto known = variables();
  for (const auto& [name, text] : environment) {
    const std::string file = std::string(kVariable) + name;
    const auto found = known.find(name);
    if (found == known.end()) {
      problems.add({1, 1, file}, "", unknown(name, known));
      continue;
    }
    const Key& key = found->second;
    auto value = parse_value(text, key.rule, file);
    if (!value) {
      problems.add({1, 1, file}, key.section + "." + key.name, value.error().what);
      continue;
    }
    auto* section = out.insert(key.section, toml::table{}).first->second.as_table();
    section->insert(key.name, std::move(*value->get("v")));
  }
  return out;
}

}  // namespace aisle::config
