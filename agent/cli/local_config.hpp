// What `aislectl` writes of the configuration: the drop-in `90-local.toml`, whole or not at all, and only when the
// result is valid.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/app/reload.hpp"
#include "config/config.hpp"

namespace aisle::cli {

struct ConfigEdit {
  std::string key;
  std::optional<std::string> value;  // none: the key is taken away
};

struct LocalChange {
  std::string file, text;  // "": nothing is left, and the file goes
  app::ReloadReport report;
  std::map<std::string, std::string> covered_by;  // by key: what goes over the value that was set
  std::map<std::string, std::string> origins;     // by key: where its value comes from then; not there: the default
  config::Config config;                          // then
};

// What the edits together bring about. Error: why they cannot be, by file, line and key.
[[nodiscard]] Result<LocalChange> plan_change(const std::string& config_path, const std::vector<ConfigEdit>& edits);
[[nodiscard]] Status write_change(const std::string& config_path, const LocalChange& change);

}  // namespace aisle::cli
