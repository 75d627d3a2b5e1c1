// All checks of `aislectl doctor`: gathers facts side by side, each group with a time limit, and judges them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "agent/base/result.hpp"
#include "agent/doctor/runner.hpp"

namespace aisle::doctor {

struct Request {
  std::string config, state_dir;
  std::string root;    // of /proc, /sys and the like; empty: the machine's own
  std::string socket;  // where the daemon listens
  // Looks at the database without a daemon, read-only; as `aislectl outbox check --json`. May be left behind.
  std::function<Result<nlohmann::json>()> check_database;
};

// Takes at most half a minute. Whatever is wrong, every id is in the answer.
[[nodiscard]] Findings examine(const Request& request);
// {"state":"ok"|"warning"|"failure","counts":{…},"checks":[{"id","state","what","why","fix"}]}
[[nodiscard]] nlohmann::ordered_json report_json(const std::vector<Finding>& findings);
[[nodiscard]] State worst_of(const std::vector<Finding>& findings);

}  // namespace aisle::doctor
