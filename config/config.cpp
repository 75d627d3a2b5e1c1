#include "config/config.hpp"

#include "config/environment.hpp"
#include "config/known_keys.hpp"
#include "config/merge.hpp"
#include "config/section_readers.hpp"
#include "config/sources.hpp"
#include "config/toml_document.hpp"

namespace aisle::config {
namespace {

Config read_all(const toml::table& document, Problems& problems) {
  Config out;
  TableReader root(document, "", "", problems);
  read_store(root, out.store);
  read_ble(root, out.ble);
  read_simulator(root, out.simulator);
  read_presence(root, out.presence);
  read_zones(root, out);
  read_sync(root, out.sync);
  read_small_sections(root, out);
  root.finish();
  return out;
}

}  // namespace

Result<Loaded> combine(const std::vector<Source>& sources, const Environment& environment) {
  const std::string_view main = sources.empty() ? std::string_view() : sources.front().name;
  Problems problems;
  toml::table document;
  for (const auto& source : sources) {
    auto parsed = parse_toml(source.text, source.name);
    if (!parsed) {
      problems.add(parsed.error().place, "", parsed.error().what);
    } else if (&source == &sources.front()) {
      document = std::move(*parsed);
    } else {
      merge(document, std::move(*parsed));
    }
  }
  // What a broken file would have said nobody knows.
  if (!problems.empty()) return tl::unexpected(problems.error(main));
  merge(document, environment_document(environment, problems));
  Loaded out{read_all(document, problems), origins_of(document)};
  if (!problems.empty()) return tl::unexpected(problems.error(main));
  out.config.warnings = problems.warnings(main);
  return out;
}

Result<Config> parse(std::string_view text, std::string_view name) {
  auto loaded = combine({{std::string(name), std::string(text)}}, {});
  if (!loaded) return tl::unexpected(loaded.error());
  return std::move(loaded->config);
}

Result<Config> load(const std::string& path) {
  const auto sources = read_sources(path);
  if (!sources) return tl::unexpected(sources.error());
  auto loaded = combine(*sources, process_environment());
  if (!loaded) return tl::unexpected(loaded.error());
  return std::move(loaded->config);
}

std::map<std::string, KeyRule> known_keys() {
  // Every table that holds keys, so that each reader runs; what they find wrong does not matter here.
  constexpr std::string_view kEveryTable = R"(
    store.location = {}
    ble.adapter = [{}]
    simulator = {}
    zones = [{ receivers = [{}] }]
    presence.smoothing = {}
    offers = {}
    time = {}
    sync = {}
    outbox = {}
    commands = {}
    update = {}
    http = {}
    privacy = {}
    log = {}
  )";
  Problems problems;
  if (const auto document = parse_toml(kEveryTable)) (void)read_all(*document, problems);
  return problems.understood_keys();
}

}  // namespace aisle::config
