// Updates: whose root installs, how the last one ended, and whether one is stuck.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "agent/base/time.hpp"
#include "agent/doctor/finding.hpp"
#include "agent/update/outcome.hpp"
#include "config/config.hpp"

namespace aisle::doctor {

struct UpdateFacts {
  std::string trust_path;
  bool there = false, hidden = false;   // update.key; this user may not see it
  std::string trouble;                  // what root would find wrong with it
  std::string trusted_for, site;        // "s1/g1": of update.key, of the configuration; empty: not known
  std::string trusted_key, pinned_key;  // SHA-256, likewise
  bool state_hidden = false;            // this user may not see the state directory
  update::Outcome standing;
  // How long it has been there: what the daemon asks to have fetched; what was fetched; the installer's last step.
  std::optional<seconds> requested, ready, step;
};

// `folder`: the installer's own; `root`: who alone may write update.key.
[[nodiscard]] UpdateFacts gather_updates(const std::string& config_path, const std::optional<config::Config>& config,
                                         const std::string& state_dir, const std::string& folder, uid_t root);
// "update.trust", "update.last", "update.progress".
void judge_updates(const UpdateFacts& facts, const Tell& tell);

}  // namespace aisle::doctor
