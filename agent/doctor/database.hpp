// Whether the database is sound: what `aislectl outbox check` says of it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "agent/base/result.hpp"
#include "agent/doctor/finding.hpp"

namespace aisle::doctor {

struct DatabaseFacts {
  bool there = false;
  std::string path;
  std::string trouble;   // why it could not be looked at, or what SQLite says
  bool hidden = false;   // this user may not read it
  nlohmann::json check;  // as of `aislectl outbox check --json`
};

// `check`: the look itself, which the daemon or the CLI takes.
[[nodiscard]] DatabaseFacts gather_database(const std::string& path,
                                            const std::function<Result<nlohmann::json>()>& check);
// "database.integrity".
[[nodiscard]] Finding judge_database(const DatabaseFacts& facts);

}  // namespace aisle::doctor
