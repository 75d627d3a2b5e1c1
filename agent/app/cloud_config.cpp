#include "agent/app/cloud_config.hpp"

#include <array>
#include <filesystem>
#include <fstream>

#include "agent/base/durable_file.hpp"
#include "config/sources.hpp"

namespace aisle::app {
namespace {

namespace fs = std::filesystem;

// The last line; the text before it keeps its line numbers.
constexpr std::string_view kCommandLine = "# Sent by the cloud with command ";
constexpr std::int64_t kLeast = 30;
constexpr std::int64_t kMost = 3600;

std::string kept_path(const std::string& config_path) {
  return config::drop_in_directory(config_path) + "/80-cloud.toml";
}
std::string pending_path(const std::string& config_path) {
  return config::drop_in_directory(config_path) + "/.80-cloud.toml.pending";
}

// "" where a file has none, or is not there.
std::string command_in(const std::string& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) last = line;
  return last.starts_with(kCommandLine) ? last.substr(kCommandLine.size()) : "";
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

}  // namespace

Result<ConfigOrder> config_order(const nlohmann::json& args) {
  ConfigOrder out;
  const auto toml = args.find("toml");
  if (toml == args.end() || !toml->is_string()) return fail("\"toml\": the text of a drop-in expected");
  out.toml = toml->get<std::string>();
  const auto confirm = args.find("confirm_s");
  if (confirm == args.end()) return out;
  const bool whole = confirm->is_number_integer();
  if (!whole || *confirm < kLeast || *confirm > kMost)
    return fail("\"confirm_s\": an integer from {} to {} expected", kLeast, kMost);
  out.confirm_within = seconds{confirm->get<std::int64_t>()};
  return out;
}

CloudConfig cloud_config_at_start(const std::string& config_path) {
  const std::string pending = pending_path(config_path);
  if (exists(pending))
    return {CloudConfigState::rolled_back, command_in(pending), "aisled ended before it was confirmed"};
  const std::string kept = kept_path(config_path);
  if (exists(kept)) return {CloudConfigState::confirmed, command_in(kept)};
  return {};
}

Result<config::Config> load_with_cloud_config(const std::string& config_path, std::string_view toml) {
  auto sources = config::read_sources(config_path);
  if (!sources) return tl::unexpected(sources.error());
  config::drop_in_of(*sources, kept_path(config_path)).text = toml;
  auto loaded = config::combine(*sources, config::process_environment());
  if (!loaded) return tl::unexpected(loaded.error());
  return std::move(loaded->config);
}

Status stage_cloud_config(const std::string& config_path, std::string_view toml, const std::string& command) {
  std::error_code error;
  const std::string directory = config::drop_in_directory(config_path);
  fs::create_directories(directory, error);
  if (error) return fail("{}: {}", directory, error.message());
  const std::string text = fmt::format("{}\n{}{}\n", toml, kCommandLine, command);
  return write_durably(pending_path(config_path), text, config_path);
}

Status keep_cloud_config(const std::string& config_path) {
  return rename_durably(pending_path(config_path), kept_path(config_path));
}

Status discard_cloud_config(const std::string& config_path) {
  return remove_durably(pending_path(config_path));
}

NextRun rolled_back(const CloudConfig& pending, std::string why) {
  return {*pending.before, {CloudConfigState::rolled_back, pending.command, std::move(why)}};
}

Json cloud_config_json(const CloudConfig& cloud) {
  constexpr std::array kNames = {"none", "pending", "confirmed", "rolled_back"};
  return {{"state", kNames.at(static_cast<std::size_t>(cloud.state))},
          {"command", cloud.command.empty() ? Json() : Json(cloud.command)},
          {"why", cloud.why.empty() ? Json() : Json(cloud.why)}};
}

}  // namespace aisle::app
