// `aislectl config check|show|get|schema`; `set` and `unset` are in cmd_config_set.cpp.
#include "agent/cli/cmd_config.hpp"

#include <memory>

#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "config/edit.hpp"
#include "config/schema.hpp"
#include "config/sources.hpp"

namespace aisle::cli {
namespace {

struct Arguments {
  Common common;
  bool origin = false;
  std::string key, value;
};

int with_config(const Common& common, const std::function<int(const config::Loaded&)>& use) {
  const auto sources = config::read_sources(common.config);
  const auto loaded = sources ? config::combine(*sources, config::process_environment())
                              : Result<config::Loaded>(tl::unexpected(sources.error()));
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().message().c_str());
    return kFailed;
  }
  print_warnings(common.config, loaded->config.warnings);
  return use(*loaded);
}

int check(const Arguments& given) {
  return with_config(given.common, [&](const config::Loaded& loaded) {
    const Json valid = {{"valid", true}, {"digest", config::digest_of(loaded.config)}};
    print_line(given.common.json ? valid.dump() : given.common.config + ": valid");
    return kDone;
  });
}

int show(const Arguments& given) {
  return with_config(given.common, [&](const config::Loaded& loaded) {
    if (given.common.json) {
      print_line(given.origin ? config::show_json(loaded) : config::show_json(loaded.config));
    } else {
      print_line(given.origin ? config::show_toml(loaded) : config::show_toml(loaded.config));
    }
    return kDone;
  });
}

// Text without its quotes, unless JSON is wanted.
int get(const Arguments& given) {
  return with_config(given.common, [&](const config::Loaded& loaded) {
    const auto value = config::value_of(loaded.config, given.key);
    if (!value) return complain(value.error().message());
    const auto parsed = nlohmann::json::parse(*value);
    print_line(parsed.is_string() && !given.common.json ? parsed.get<std::string>() : *value);
    return kDone;
  });
}

}  // namespace

void add_config(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("config", "Check, show or change the configuration");
  verb->require_subcommand(1);
  const auto given = std::make_shared<Arguments>();
  const auto add = [&](const char* name, const char* help, std::function<int(const Arguments&)> run) {
    auto* sub = verb->add_subcommand(name, help);
    sub->add_option("--config", given->common.config, "Configuration file")->capture_default_str();
    sub->add_flag("--json", given->common.json, "JSON");
    sub->callback([&chosen, given, run = std::move(run)] { chosen.run = [given, run] { return run(*given); }; });
    return sub;
  };
  add("check", "Say whether it is valid, and what is wrong where", check);
  auto* shown = add("show", "Print every key with the value in force", show);
  shown->add_flag("--origin", given->origin, "Say where each value comes from: file and line, variable, or default");
  const char* const names = "As \"sync.port\" or \"zones.coffee.enter_rssi\"";
  auto* one = add("get", "Print the value in force of one key", get);
  one->add_option("KEY", given->key, names)->required();
  auto* set = add("set", "Write a key into the drop-in 90-local.toml, if the result is valid",
                  [](const Arguments& it) { return set_key(it.common, it.key, it.value); });
  set->add_option("KEY", given->key, names)->required();
  set->add_option("VALUE", given->value, "As in TOML; text may be without quotes")->required();
  auto* unset = add("unset", "Take a key out of the drop-in 90-local.toml, if the result is valid",
                    [](const Arguments& it) { return unset_key(it.common, it.key); });
  unset->add_option("KEY", given->key, names)->required();
  auto* schema = verb->add_subcommand("schema", "Print the JSON Schema of the file, for editors");
  schema->callback([&chosen] {
    chosen.run = [] {
      print_line(config::json_schema());
      return kDone;
    };
  });
}

}  // namespace aisle::cli
