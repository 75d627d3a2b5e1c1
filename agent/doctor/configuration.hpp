// The configuration: valid, its drop-ins and variables, and keys without effect.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/doctor/finding.hpp"
#include "config/config.hpp"

namespace aisle::doctor {

struct ConfigurationFacts {
  std::string path;
  std::optional<config::Config> config;
  std::string problems;     // one a line, where there is no config
  bool unreadable = false;  // it is there, and we may not read it
  bool missing = false;
  std::vector<std::string> drop_ins;   // names of the files in force
  std::vector<std::string> left_out;   // names in the folder that are not taken
  std::vector<std::string> variables;  // names only
};

[[nodiscard]] ConfigurationFacts gather_configuration(const std::string& path);
// "config.valid", "config.drop_ins", "config.keys".
void judge_configuration(const ConfigurationFacts& facts, const Tell& tell);

}  // namespace aisle::doctor
