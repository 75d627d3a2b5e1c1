#include "config/merge.hpp"

#include <optional>

#include "config/toml_document.hpp"

namespace aisle::config {
namespace {

void merge_tables(toml::table& into, toml::table&& from) {
  for (auto&& [key, node] : from) {
    toml::node* const there = into.get(key.str());
    if (there != nullptr && there->is_table() && node.is_table()) {
      merge_tables(*there->as_table(), std::move(*node.as_table()));
    } else {
      if (there != nullptr) into.erase(key.str());  // or the key would keep its old place
      into.insert(key, std::move(node));
    }
  }
}

std::optional<std::string> id_of(const toml::node& zone) {
  const toml::table* table = zone.as_table();
  return table == nullptr ? std::nullopt : (*table)["id"].value<std::string>();
}

// Two of one file with the same id stay two, so that the reader finds them.
void merge_zones(toml::array& into, toml::array&& from) {
  std::map<std::string, toml::table*> known;
  for (auto& zone : into) {
    if (const auto id = id_of(zone)) known.emplace(*id, zone.as_table());
  }
  toml::array added;
  for (auto& zone : from) {
    const auto id = id_of(zone);
    const auto found = id ? known.find(*id) : known.end();
    if (found == known.end()) {
      added.push_back(std::move(zone));
    } else {
      zone.as_table()->erase("id");  // it stands where it was first given
      merge_tables(*found->second, std::move(*zone.as_table()));
      known.erase(found);
    }
  }
  for (auto& zone : added) into.push_back(std::move(zone));
}

std::string origin_of(const toml::node& node) {
  const Place place = place_of(node.source());
  if (place.file.starts_with(kVariable)) return place.file;
  return fmt::format("{}:{}", place.file, place.line);
}

void collect(const toml::table& table, const std::string& path, std::map<std::string, std::string>& out) {
  for (const auto& [key, node] : table) {
    const std::string name = path + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      // Shown under the name that it has without the table.
      collect(*inner, name == "presence.smoothing" ? name + "_" : name + ".", out);
    } else if (name == "zones" && node.is_array()) {
      for (const auto& zone : *node.as_array()) {
        if (const auto id = id_of(zone)) collect(*zone.as_table(), "zones." + *id + ".", out);
      }
    } else {
      out[name] = origin_of(node);
    }
  }
}

}  // namespace

void merge(toml::table& into, toml::table&& from) {
  toml::array* const zones = into["zones"].as_array();
  toml::array* const more = from["zones"].as_array();
  if (zones != nullptr && more != nullptr) {
    merge_zones(*zones, std::move(*more));
    from.erase("zones");
  }
  merge_tables(into, std::move(from));
}

std::map<std::string, std::string> origins_of(const toml::table& document) {
  std::map<std::string, std::string> out;
  collect(document, "", out);
  return out;
}

}  // namespace aisle::config
