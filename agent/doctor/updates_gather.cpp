#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "agent/app/reload.hpp"
#include "agent/doctor/updates.hpp"
#include "agent/update/hand_over.hpp"
#include "agent/update/trust.hpp"
#include "agent/update/way_back.hpp"

namespace aisle::doctor {
namespace {

// One of the future was written before the clock was right.
std::optional<seconds> age_of(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return std::nullopt;
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return seconds{std::max<std::int64_t>(0, now - info.st_mtime)};
}

bool is_hidden(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) != 0 && errno == EACCES;
}

}  // namespace

UpdateFacts gather_updates(const std::string& config_path, const std::optional<config::Config>& config,
                           const std::string& state_dir, const std::string& folder, uid_t root) {
  UpdateFacts facts;
  facts.trust_path = update::trust_path(config_path);
  facts.hidden = is_hidden(facts.trust_path);
  facts.there = age_of(facts.trust_path).has_value();
  if (facts.there) {
    if (const auto trust = update::read_trust(facts.trust_path, root)) {
      facts.trusted_for = trust->store + "/" + trust->gateway;
      facts.trusted_key = update::fingerprint(trust->key);
    } else {
      facts.trouble = trust.error().message();
    }
  }
  if (config) {
    facts.site = config->store.id + "/" + config->store.gateway;
    const auto pinned = app::pinned_key(config->commands);
    if (pinned && *pinned) facts.pinned_key = update::fingerprint(**pinned);
  }
  const update::HandOver files(state_dir, folder);
  facts.standing = files.standing();
  facts.state_hidden = is_hidden(files.path(update::names::kRequest));
  facts.requested = age_of(files.path(update::names::kRequest));
  facts.ready = age_of(files.path(update::names::kReady));
  facts.step = age_of(folder + "/" + update::own::kJournal);
  return facts;
}

}  // namespace aisle::doctor
