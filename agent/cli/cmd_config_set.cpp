#include <fmt/ranges.h>

#include "agent/cli/cmd_config.hpp"
#include "agent/cli/local_config.hpp"
#include "agent/cli/output.hpp"
#include "config/edit.hpp"

namespace aisle::cli {
namespace {

Json null_if_empty(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

std::string found(const std::map<std::string, std::string>& in, const std::string& key) {
  const auto it = in.find(key);
  return it == in.end() ? "" : it->second;
}

void tell_report(const app::ReloadReport& report) {
  if (!report.applied.empty()) print_line(fmt::format("a reload suffices for {}", fmt::join(report.applied, ", ")));
  if (!report.restart.empty()) print_line(fmt::format("aisled must restart for {}", fmt::join(report.restart, ", ")));
}

void tell_set(const LocalChange& change, const std::string& key) {
  print_line(fmt::format("{}: {} is set", change.file, key));
  if (const auto over = found(change.covered_by, key); !over.empty())
    return print_line(fmt::format("without effect: {} goes over it", over));
  tell_report(change.report);
  if (change.report.applied.empty() && change.report.restart.empty()) print_line("it had that value already");
}

void tell_unset(const LocalChange& change, const std::string& key) {
  const std::string origin = found(change.origins, key);
  const auto value = config::value_of(change.config, key);
  print_line(fmt::format("{}: {} is taken away{}", change.file, key, change.text.empty() ? ", and the file" : ""));
  if (value)
    print_line(fmt::format("{} is {} now, {}", key, *value, origin.empty() ? "the default" : "from " + origin));
  tell_report(change.report);
}

// Plans, writes, tells.
int change_key(const Common& common, const ConfigEdit& edit,
               const std::function<void(const LocalChange&, const std::string&)>& tell) {
  const auto change = plan_change(common.config, {edit});
  if (!change) return complain(change.error().message() + "\nnothing was written");
  if (const auto written = write_change(common.config, *change); !written) return complain(written.error().message());
  if (!common.json) return tell(*change, edit.key), kDone;
  print_line(Json{{"file", change->file},
                  {"key", edit.key},
                  {"reload", change->report.applied},
                  {"restart", change->report.restart},
                  {"covered_by", null_if_empty(found(change->covered_by, edit.key))},
                  {"origin", null_if_empty(found(change->origins, edit.key))}}
                 .dump());
  return kDone;
}

}  // namespace

int set_key(const Common& common, const std::string& key, const std::string& value) {
  return change_key(common, {key, value}, tell_set);
}

int unset_key(const Common& common, const std::string& key) {
  return change_key(common, {key, std::nullopt}, tell_unset);
}

}  // namespace aisle::cli
