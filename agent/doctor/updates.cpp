#include "agent/doctor/updates.hpp"

#include <fmt/format.h>

namespace aisle::doctor {
namespace {

using update::State;
using Minutes = std::chrono::minutes;

constexpr const char* kTrustAnew = "sudo aislectl update trust --key FILE, with the cloud's key";
// aisle-fetch.service gives up after two hours, and another package manager is waited for ten minutes. A trial takes an
// hour at most, and stopping, copying and dpkg their time.
constexpr seconds kFetches{3 * 3600}, kBegins{30 * 60}, kInstalls{2 * 3600};

// Reasons are other programs' words.
std::string one_line(std::string text) {
  for (char& character : text) {
    if (static_cast<unsigned char>(character) < ' ' || character == '\x7f') character = ' ';
  }
  return text.empty() ? "no reason is known" : text;
}

std::string offered_version(const update::Outcome& outcome) {
  return one_line(outcome.version.empty() ? "an unknown version" : outcome.version);
}

std::int64_t minutes(seconds time) {
  return std::chrono::duration_cast<Minutes>(time).count();
}

Finding judge_trust(const UpdateFacts& facts) {
  const char* const id = "update.trust";
  if (facts.hidden)
    return not_applicable(id, "whose updates are installed is not known",
                          "this user may not read " + facts.trust_path + ": sudo aislectl doctor");
  if (!facts.there)
    return not_applicable(id, "updates are off", "nobody has said whose are installed: sudo aislectl update trust");
  const std::string none = "no update is taken";
  if (!facts.trouble.empty()) return warning(id, none, one_line(facts.trouble), kTrustAnew);
  if (!facts.site.empty() && facts.site != facts.trusted_for)
    return warning(
        id, none,
        fmt::format("{} is for {}, and this gateway is {} now", facts.trust_path, facts.trusted_for, facts.site),
        kTrustAnew);
  if (!facts.site.empty() && facts.pinned_key.empty())
    return warning(id, none, "[commands] public_key is not set, so that no signed command is taken",
                   "aislectl config set commands.public_key FILE, with the cloud's key");
  if (!facts.site.empty() && facts.pinned_key != facts.trusted_key)
    return warning(id, none,
                   fmt::format("the daemon takes commands of the key with SHA-256 {}…, root those of {}…",
                               facts.pinned_key.substr(0, 16), facts.trusted_key.substr(0, 16)),
                   kTrustAnew);
  return ok(id, fmt::format("root installs what is signed for {} by the key with SHA-256 {}…", facts.trusted_for,
                            facts.trusted_key.substr(0, 16)));
}

Finding judge_last(const UpdateFacts& facts) {
  const char* const id = "update.last";
  const auto& standing = facts.standing;
  const std::string version = offered_version(standing);
  switch (standing.state) {
    case State::none:
      break;
    case State::waiting:
      return ok(id, version + " was offered and waits for its turn");
    case State::fetching:
      return ok(id, version + " is being fetched");
    case State::installing:
      return ok(id, version + " is being tried");
    case State::confirmed:
      return ok(id, version + " was installed and kept");
    case State::withdrawn:
      return ok(id, version + " was taken back before its turn");
    case State::rolled_back:
      return warning(id, version + " was installed and taken back: the version before runs", one_line(standing.why),
                     "journalctl -u aisle-update -u aisle-agent shows the trial; offer it, or a better one, in a new "
                     "command");
    case State::refused:
      return warning(id, version + " was not installed", one_line(standing.why),
                     "put that right, and offer it in a new command");
  }
  return not_applicable(id, "no update was offered yet", "aislectl update status tells of one");
}

Finding judge_progress(const UpdateFacts& facts) {
  const char* const id = "update.progress";
  if (facts.step && *facts.step > kInstalls)
    return failure(id, fmt::format("an update was begun and is not finished, for {} min", minutes(*facts.step)),
                   "neither was it kept nor did the way back succeed",
                   "journalctl -u aisle-update -u aisle-update-recover -e says why; then sudo systemctl start "
                   "aisle-update-recover");
  if (facts.step) return ok(id, "an update is being tried or taken back", "leave the power on");
  if (facts.ready && *facts.ready > kBegins)
    return warning(id, fmt::format("an update was fetched and not begun, for {} min", minutes(*facts.ready)),
                   "aisle-update.path does not wait for it, or its service fails",
                   "systemctl status aisle-update.path aisle-update; sudo systemctl restart aisle-update.path");
  if (facts.requested && *facts.requested > kFetches)
    return warning(id, fmt::format("an update is to be fetched, for {} min", minutes(*facts.requested)),
                   "aisle-fetch.path does not wait for it, or its service fails",
                   "systemctl status aisle-fetch.path aisle-fetch; sudo systemctl restart aisle-fetch.path");
  if (facts.ready || facts.requested) return ok(id, "an update is being fetched, or about to be installed");
  if (facts.state_hidden)
    return not_applicable(id, "whether an update is stuck is not known",
                          "this user may not read the state directory: sudo aislectl doctor");
  return ok(id, "no update is under way");
}

}  // namespace

void judge_updates(const UpdateFacts& facts, const Tell& tell) {
  tell(judge_trust(facts));
  tell(judge_last(facts));
  tell(judge_progress(facts));
}

}  // namespace aisle::doctor
