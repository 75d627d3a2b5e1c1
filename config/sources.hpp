// Where the configuration comes from: the file, the drop-ins beside it in the order of their names, the environment.
// What comes later goes over what was there: tables key by key, [[zones]] by their id, anything else as a whole.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace aisle::config {

struct Source {
  std::string name;  // the file's path
  std::string text;
};
// Names and values of variables.
using Environment = std::vector<std::pair<std::string, std::string>>;

struct Loaded {
  Config config;
  // Where each key was given, by its dotted name ("sync.port", "zones.coffee.name"), as "FILE:LINE" or "environment
  // variable NAME"; a key that is at its default is not in here.
  std::map<std::string, std::string> origins;
};

// "/etc/aisle/aisle.toml.d" of "/etc/aisle/aisle.toml".
[[nodiscard]] std::string drop_in_directory(const std::string& path);
// The file, then every "*.toml" of its drop-in directory by the bytes of the name; hidden ones are left out.
[[nodiscard]] Result<std::vector<Source>> read_sources(const std::string& path);
// The drop-in of that path among them; put into its place, empty, where there is none.
[[nodiscard]] Source& drop_in_of(std::vector<Source>& sources, const std::string& path);
// Our own variables that speak of the configuration: those that begin with "AISLE_" and have "__" within.
[[nodiscard]] Environment process_environment();
// Reads and checks the whole. The error is that of `load`.
[[nodiscard]] Result<Loaded> combine(const std::vector<Source>& sources, const Environment& environment);

// As those of config.hpp, with where each value comes from: behind it as a comment, or as a member "origins".
[[nodiscard]] std::string show_toml(const Loaded& loaded);
[[nodiscard]] std::string show_json(const Loaded& loaded);

}  // namespace aisle::config
