// `aislectl doctor`.
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "agent/cli/command.hpp"
#include "agent/cli/examination.hpp"
#include "agent/cli/output.hpp"

namespace aisle::cli {
namespace {

using doctor::State;

struct DoctorArguments {
  Common common;
  std::string root;
};

const char* word_of(State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::warning:
      return "WARNING";
    case State::failure:
      return "FAILURE";
    case State::not_applicable:
      break;
  }
  return "-";
}

// What is right in one line, what is not with why and how to put it right.
void print(const std::vector<doctor::Finding>& findings) {
  std::size_t failures = 0, warnings = 0;
  for (const auto& finding : findings) {
    const bool wrong = finding.state == State::failure || finding.state == State::warning;
    const std::string why = wrong || finding.why.empty() ? std::string() : " (" + finding.why + ")";
    print_line(fmt::format("{:<8} {:<22} {}{}", word_of(finding.state), finding.id, finding.what, why));
    if (wrong && !finding.why.empty()) print_line(fmt::format("{:32}why: {}", "", finding.why));
    if (wrong && !finding.fix.empty()) print_line(fmt::format("{:32}fix: {}", "", finding.fix));
    failures += finding.state == State::failure ? 1 : 0;
    warnings += finding.state == State::warning ? 1 : 0;
  }
  print_line(fmt::format("\n{} checks: {} failures, {} warnings{}", findings.size(), failures, warnings,
                         geteuid() == 0 ? "" : "; some see more as root: sudo aislectl doctor"));
}

int run_doctor(const DoctorArguments& arguments) {
  const auto findings = examine(arguments.common, arguments.root);
  if (arguments.common.json) {
    print_line(doctor::report_json(findings.list).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    print(findings.list);
  }
  const int code = doctor::worst_of(findings.list) == State::failure ? kFailed : kDone;
  if (findings.left_behind) {
    std::fflush(nullptr);
    _exit(code);  // a thread that hangs must not meet the end of what it uses
  }
  return code;
}

}  // namespace

void add_doctor(CLI::App& app, Chosen& chosen) {
  auto* verb =
      app.add_subcommand("doctor",
                         "Check radio, clock, disk, database, configuration and the way to the broker, and say "
                         "how to put right what is wrong; exit code 1 on a failure, 0 with warnings");
  const auto given = std::make_shared<DoctorArguments>();
  verb->add_option("--config", given->common.config, "Configuration file")->capture_default_str();
  verb->add_option("--state-dir", given->common.state_dir, "The daemon's state directory")->capture_default_str();
  verb->add_flag("--json", given->common.json, "JSON: state, counts, checks (id, state, what, why, fix)");
  verb->add_option("--root", given->root, "In front of /proc, /sys and /usr, for tests")->group("");
  verb->callback([&chosen, given] { chosen.run = [given] { return run_doctor(*given); }; });
}

}  // namespace aisle::cli
