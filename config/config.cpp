#include "config/config.hpp"

#include <fstream>

#include "config/known_keys.hpp"
#include "config/section_readers.hpp"
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

Result<Config> parse(std::string_view text, std::string_view name) {
  const auto document = parse_toml(text);
  if (!document) {
    const GuardFinding& finding = document.error();
    return fail("{}:{}:{}: {}", name, finding.place.line, finding.place.column, finding.what);
  }
  Problems problems;
  Config config = read_all(*document, problems);
  if (!problems.empty()) return tl::unexpected(problems.error(name));
  config.warnings = problems.warnings(name);
  return config;
}

Result<Config> load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("{}: cannot be opened; give the configuration with --config FILE", path);
  // One byte more than allowed tells too large a file from one that just fits.
  std::string text(kMaxConfigBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) return fail("{}: cannot be read; a file is expected", path);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse(text, path);
}

std::set<std::string> known_keys() {
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
    http = {}
    privacy = {}
    log = {}
  )";
  Problems problems;
  if (const auto document = parse_toml(kEveryTable)) (void)read_all(*document, problems);
  return problems.understood_keys();
}

}  // namespace aisle::config
