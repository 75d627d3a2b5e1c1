#include "config/schema.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "config/config.hpp"
#include "config/known_keys.hpp"

namespace aisle::config {
namespace {

using Tree = nlohmann::ordered_json;

// The elements of an array that are tables.
Tree& element_of(Tree& array) {
  Tree& items = array["items"];
  return items.contains("anyOf") ? items["anyOf"].back() : items;
}

// The schema of the table that holds `key`, and the key's own name.
std::pair<Tree*, std::string> place_in(Tree& root, const std::string& key) {
  std::vector<std::string> parts;
  std::istringstream stream(key);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  Tree* at = &root;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const bool elements = parts[i].ends_with("[]");
    Tree& property = (*at)["properties"][elements ? parts[i].substr(0, parts[i].size() - 2) : parts[i]];
    at = elements ? &element_of(property) : &property;
  }
  return {at, parts.back()};
}

// The default as `show` has it; null where there is none.
Tree default_of(const Tree& values, const std::string& key) {
  if (key == "zones" || key.starts_with("zones[].receivers[]") || key.starts_with("ble.adapter[]")) return {};
  if (key == "zones[].name" || key == "zones[].exit_rssi") return {};  // they follow other keys
  std::string pointer = "/" + key;
  for (std::size_t at = 0; (at = pointer.find_first_of(".[", at)) != std::string::npos;) {
    if (pointer[at] == '.') pointer.replace(at, 1, key.starts_with("presence.smoothing.") && at > 9 ? "_" : "/");
    if (pointer[at] == '[') pointer.replace(at, 2, "/0");
  }
  const nlohmann::ordered_json::json_pointer place(pointer);
  const Tree found = values.contains(place) ? values[place] : Tree();
  return found.is_object() ? Tree() : found;
}

Tree defaults() {
  Config config;
  config.zones.emplace_back();
  return Tree::parse(show_json(config));
}

void add_key(Tree& root, const Tree& values, const std::string& key, const KeyRule& rule) {
  const auto [table, name] = place_in(root, key);
  Tree& object = *table;
  object["type"] = "object";
  object["additionalProperties"] = false;
  if (rule.required) object["required"].push_back(name);
  Tree property = Tree::object();
  const auto described = descriptions().find(key);
  if (described != descriptions().end()) property["description"] = described->second;
  property.update(Tree::parse("{" + rule.schema + "}"));
  if (const Tree value = default_of(values, key); !rule.required && !value.is_null()) property["default"] = value;
  object["properties"][name] = std::move(property);
}

// A table without keys takes none.
void close_tables(Tree& schema) {
  if (schema.is_object() && schema.value("type", Tree()) == "object") schema["additionalProperties"] = false;
  for (auto& part : schema) {
    if (part.is_structured()) close_tables(part);
  }
}

}  // namespace

std::string json_schema() {
  Tree root = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
               {"title", "Aisle gateway: aisle.toml"},
               {"description", "The configuration of an Aisle gateway. A drop-in may hold any part of it."}};
  const Tree values = defaults();
  for (const auto& [key, rule] : known_keys()) add_key(root, values, key, rule);
  close_tables(root);
  return root.dump(2);
}

}  // namespace aisle::config
