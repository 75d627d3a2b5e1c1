#include <fmt/ranges.h>

#include <filesystem>

#include "agent/app/reload.hpp"
#include "agent/base/durable_file.hpp"
#include "agent/cli/cmd_config.hpp"
#include "agent/cli/output.hpp"
#include "config/edit.hpp"
#include "config/sources.hpp"

namespace aisle::cli {
namespace {

constexpr const char* kHeader = "# Written by `aislectl config set`; comments in this file do not stay.\n";

struct Change {
  std::string file, text;
  app::ReloadReport report;
  std::string covered_by;  // what goes over the value that was set; "" nothing
};

// Where a loaded configuration has the key from.
std::string origin_of(const config::Loaded& loaded, std::string key) {
  constexpr std::string_view kInner = "presence.smoothing.";
  if (key.starts_with(kInner)) key[kInner.size() - 1] = '_';
  const auto found = loaded.origins.find(key);
  return found == loaded.origins.end() ? "" : found->second;
}

Result<Change> plan(const Common& common, const std::string& key, const std::string& value) {
  Change out;
  out.file = config::drop_in_directory(common.config) + "/90-local.toml";
  auto sources = config::read_sources(common.config);
  if (!sources) return tl::unexpected(sources.error());
  const auto environment = config::process_environment();
  const auto before = config::combine(*sources, environment);

  config::Source& drop_in = config::drop_in_of(*sources, out.file);
  const auto text = config::with_key(drop_in.text, out.file, key, value);
  if (!text) return tl::unexpected(text.error());
  out.text = drop_in.text = kHeader + *text;
  const auto after = config::combine(*sources, environment);
  if (!after) return tl::unexpected(after.error());

  if (before) {
    config::Config running = before->config;
    out.report = app::take_over(running, after->config);
  } else {
    out.report.restart = {key};
  }
  const std::string origin = origin_of(*after, key);
  if (!origin.empty() && !origin.starts_with(out.file + ":")) out.covered_by = origin;
  return out;
}

Status write(const Common& common, const Change& change) {
  std::error_code error;
  std::filesystem::create_directories(config::drop_in_directory(common.config), error);
  if (error) return fail("{}: {}", config::drop_in_directory(common.config), error.message());
  return write_durably(change.file, change.text, common.config);
}

void tell(const Change& change, const std::string& key) {
  const auto& report = change.report;
  print_line(fmt::format("{}: {} is set", change.file, key));
  if (!change.covered_by.empty()) return print_line(fmt::format("without effect: {} goes over it", change.covered_by));
  if (!report.applied.empty()) print_line(fmt::format("a reload suffices for {}", fmt::join(report.applied, ", ")));
  if (!report.restart.empty()) print_line(fmt::format("aisled must restart for {}", fmt::join(report.restart, ", ")));
  if (report.applied.empty() && report.restart.empty()) print_line("it had that value already");
}

}  // namespace

int set_key(const Common& common, const std::string& key, const std::string& value) {
  const auto change = plan(common, key, value);
  if (!change) return complain(change.error().message() + "\nnothing was written");
  if (const auto written = write(common, *change); !written) return complain(written.error().message());
  if (!common.json) return tell(*change, key), kDone;
  print_line(Json{{"file", change->file},
                  {"key", key},
                  {"reload", change->report.applied},
                  {"restart", change->report.restart},
                  {"covered_by", change->covered_by.empty() ? Json() : Json(change->covered_by)}}
                 .dump());
  return kDone;
}

}  // namespace aisle::cli
