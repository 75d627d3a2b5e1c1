#include "agent/cli/local_config.hpp"

#include <filesystem>

#include "agent/base/durable_file.hpp"
#include "config/edit.hpp"
#include "config/sources.hpp"

namespace aisle::cli {
namespace {

constexpr const char* kHeader = "# Written by `aislectl config set`; comments in this file do not stay.\n";

// Where a loaded configuration has the key from.
std::string origin_of(const config::Loaded& loaded, std::string key) {
  constexpr std::string_view kInner = "presence.smoothing.";
  if (key.starts_with(kInner)) key[kInner.size() - 1] = '_';
  const auto found = loaded.origins.find(key);
  return found == loaded.origins.end() ? "" : found->second;
}

Result<std::string> edited(std::string text, const std::string& file, const std::vector<ConfigEdit>& edits) {
  for (const auto& edit : edits) {
    auto next =
        edit.value ? config::with_key(text, file, edit.key, *edit.value) : config::without_key(text, file, edit.key);
    if (!next) return next;
    text = std::move(*next);
  }
  return text.empty() ? text : kHeader + text;
}

}  // namespace

Result<LocalChange> plan_change(const std::string& config_path, const std::vector<ConfigEdit>& edits) {
  LocalChange out;
  out.file = config::drop_in_directory(config_path) + "/90-local.toml";
  auto sources = config::read_sources(config_path);
  if (!sources) return tl::unexpected(sources.error());
  const auto environment = config::process_environment();
  const auto before = config::combine(*sources, environment);

  config::Source& drop_in = config::drop_in_of(*sources, out.file);
  auto text = edited(drop_in.text, out.file, edits);
  if (!text) return tl::unexpected(text.error());
  out.text = drop_in.text = std::move(*text);
  auto after = config::combine(*sources, environment);
  if (!after) return tl::unexpected(after.error());

  if (before) {
    config::Config running = before->config;
    out.report = app::take_over(running, after->config);
  } else {
    for (const auto& edit : edits) out.report.restart.push_back(edit.key);
  }
  for (const auto& edit : edits) {
    const std::string origin = origin_of(*after, edit.key);
    if (!origin.empty()) out.origins[edit.key] = origin;
    if (edit.value && !origin.empty() && !origin.starts_with(out.file + ":")) out.covered_by[edit.key] = origin;
  }
  out.config = std::move(after->config);
  return out;
}

Status write_change(const std::string& config_path, const LocalChange& change) {
  if (change.text.empty()) return remove_durably(change.file);
  std::error_code error;
  std::filesystem::create_directories(config::drop_in_directory(config_path), error);
  if (error) return fail("{}: {}", config::drop_in_directory(config_path), error.message());
  return write_durably(change.file, change.text, config_path);
}

}  // namespace aisle::cli
