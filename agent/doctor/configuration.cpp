#include "agent/doctor/configuration.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "config/sources.hpp"

namespace aisle::doctor {
namespace fs = std::filesystem;

namespace {

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

Finding judge_valid(const ConfigurationFacts& facts) {
  const char* const id = "config.valid";
  if (facts.config) return ok(id, facts.path + " is valid");
  if (facts.unreadable) {
    return not_applicable(id, facts.path + " could not be read",
                          "this user may not read it or its drop-ins: sudo aislectl doctor");
  }
  if (facts.missing) {
    return failure(id, facts.path + " is not there", "nothing runs without a configuration",
                   "name the right one with --config FILE, or begin with the example of the package");
  }
  const auto lines = std::ranges::count(facts.problems, '\n') + 1;
  return failure(id, fmt::format("{} is not valid: {} problem{}", facts.path, lines, lines == 1 ? "" : "s"),
                 first_line(facts.problems), "aislectl config check --config " + facts.path);
}

Finding judge_drop_ins(const ConfigurationFacts& facts) {
  const char* const id = "config.drop_ins";
  const std::string folder = config::drop_in_directory(facts.path);
  if (!facts.config && facts.unreadable) return not_applicable(id, folder + " could not be read", "see config.valid");
  if (!facts.left_out.empty()) {
    return warning(id, fmt::format("{} holds what is not taken: {}", folder, join(facts.left_out)),
                   "only files whose name ends in .toml and does not begin with a dot are",
                   fmt::format("mv {0}/{1} {0}/{1}.toml, or remove it", folder, facts.left_out.front()));
  }
  if (facts.drop_ins.empty() && facts.variables.empty()) return ok(id, "nothing goes over the file");
  return ok(
      id, fmt::format("over the file go {} drop-ins and {} variables", facts.drop_ins.size(), facts.variables.size()),
      join(facts.drop_ins) + (facts.drop_ins.empty() || facts.variables.empty() ? "" : "; ") + join(facts.variables));
}

Finding judge_keys(const ConfigurationFacts& facts) {
  const char* const id = "config.keys";
  if (!facts.config) return not_applicable(id, "keys without effect: not known", "see config.valid");
  const auto& warnings = facts.config->warnings;
  if (warnings.empty()) return ok(id, "every key has an effect");
  return warning(id, fmt::format("{} settings are likely not meant or have no effect", warnings.size()),
                 warnings.front(), "aislectl config check --config " + facts.path);
}

}  // namespace

ConfigurationFacts gather_configuration(const std::string& path) {
  ConfigurationFacts facts;
  facts.path = path;
  const std::string folder = config::drop_in_directory(path);
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    (!name.starts_with('.') && name.ends_with(".toml") ? facts.drop_ins : facts.left_out).push_back(name);
    if (access(entry->path().c_str(), R_OK) != 0) facts.unreadable = true;
  }
  facts.unreadable =
      facts.unreadable || error == std::errc::permission_denied || (access(path.c_str(), R_OK) != 0 && errno == EACCES);
  facts.missing = access(path.c_str(), F_OK) != 0 && errno == ENOENT;
  std::ranges::sort(facts.drop_ins);
  for (const auto& variable : config::process_environment()) facts.variables.push_back(variable.first);
  auto loaded = config::load(path);
  if (loaded) {
    facts.config = std::move(*loaded);
    facts.unreadable = false;
  } else {
    facts.problems = loaded.error().message();
  }
  return facts;
}

void judge_configuration(const ConfigurationFacts& facts, const Tell& tell) {
  tell(judge_valid(facts));
  tell(judge_drop_ins(facts));
  tell(judge_keys(facts));
}

}  // namespace aisle::doctor
