#include "agent/app/update_desk.hpp"

#include <filesystem>

#include "agent/update/folder.hpp"

namespace aisle::app {
namespace {

using update::NotForUs;
using update::Outcome;
using update::State;

constexpr std::uint64_t kMaxTrust = 4096;

bool under_way(State state) {
  return state == State::fetching || state == State::installing;
}

}  // namespace

UpdateDesk::UpdateDesk(const std::string& state_dir, const std::string& config_path, const Log& log,
                       const std::string& root_folder)
    : trust_path_(config_path.empty() ? "" : update::trust_path(config_path)), log_(log) {
  if (!state_dir.empty()) files_.emplace(state_dir, root_folder);
}

// It is root's word to root; here it is looked at so that the cloud hears at once what root would say in the end.
Result<update::Trust> UpdateDesk::trust() const {
  std::error_code ignored;
  if (!files_ || trust_path_.empty() || !std::filesystem::exists(trust_path_, ignored))
    return fail("updates are not taken here: {} is missing (aislectl update trust)", trust_path_);
  const auto text = update::read_small_file(trust_path_, kMaxTrust);
  auto trust = text ? update::parse_trust(*text) : tl::unexpected(text.error());
  if (!trust) return tl::unexpected(trust.error().within(trust_path_));
  if (trust->store != site_.store || trust->gateway != site_.gateway)
    return fail("{} is for {}/{}, and this gateway is {}/{} now: sudo aislectl update trust", trust_path_, trust->store,
                trust->gateway, site_.store, site_.gateway);
  return trust;
}

tl::expected<UpdateDesk::Offered, NotForUs> UpdateDesk::withdraw() {
  if (standing_.state != State::waiting) return tl::unexpected(NotForUs{"nothing_waits", "no offer waits here"});
  Outcome ended = standing_;
  ended.state = State::withdrawn;
  if (const auto gone = files_->end(ended); !gone) return tl::unexpected(NotForUs{"failed", gone.error().message()});
  standing_ = ended;
  log_.info("update {} is withdrawn", standing_.command);
  return Offered{{{"state", "withdrawn"}, {"command", standing_.command}}, standing_};
}

tl::expected<UpdateDesk::Offered, NotForUs> UpdateDesk::take(const sync::CommandMessage& command,
                                                             const update::Site& site) {
  site_ = site;
  const auto trusted = trust();
  if (!trusted) return tl::unexpected(NotForUs{"not_enabled", trusted.error().message()});
  if (!sync::signature_holds(command, site.store, site.gateway, trusted->key))
    return tl::unexpected(NotForUs{
        "not_enabled",
        fmt::format("{} names another key than has signed this command: sudo aislectl update trust", trust_path_)});
  const auto order = update::parse_order(command.args);
  if (!order) return tl::unexpected(NotForUs{"args", order.error().message()});
  if (order->withdraw) return withdraw();
  if (under_way(standing_.state))
    return tl::unexpected(NotForUs{"busy", fmt::format("update {} is under way", standing_.command)});
  const auto due = update::due_for(*order, command, site);
  if (!due) return tl::unexpected(due.error());
  if (const auto laid = files_->offer(command); !laid)
    return tl::unexpected(NotForUs{"failed", laid.error().message()});
  Offered out;
  if (standing_.state == State::waiting && standing_.command != command.id) {
    out.ended = standing_;
    out.ended->state = State::withdrawn;
    out.ended->why = "another one was offered";
  }
  standing_ = {State::waiting, command.id, due->package.version};
  start_ = due->start;
  expires_ = command.expires;
  log_.info("update {} to {} is taken at {}", command.id, standing_.version, format_rfc3339(start_));
  out.result = {{"state", "waiting"}, {"version", standing_.version}, {"start", format_rfc3339(start_)}};
  return out;
}

void UpdateDesk::begin(const update::Site& site) {
  site_ = site;
  if (!files_) return;
  standing_ = files_->standing();
  if (standing_.state != State::waiting) return;
  const auto command = files_->waiting();
  if (!command) return;
  expires_ = command->expires;
  const auto order = update::parse_order(command->args);
  const auto due =
      order ? update::due_for(*order, *command, site) : tl::unexpected(NotForUs{"args", order.error().message()});
  // What is for us no more expires at once.
  start_ = due ? due->start : UnixTime{};
  if (!due) expires_ = {};
}

std::optional<Outcome> UpdateDesk::look(std::optional<UnixTime> now) {
  if (standing_.state == State::waiting) return now && *now >= start_ ? hand_over(*now) : std::nullopt;
  if (!under_way(standing_.state)) return std::nullopt;
  const Outcome found = files_->standing();
  // Between two files nothing is to be seen of it.
  if (found.command != standing_.command) return std::nullopt;
  standing_ = found;
  return is_final(found.state) ? std::optional(found) : std::nullopt;
}

std::optional<Outcome> UpdateDesk::hand_over(UnixTime now) {
  if (now > expires_) return end("the command expired before its turn came");
  if (const auto handed = files_->request(); !handed) return end(handed.error().message());
  standing_.state = State::fetching;
  log_.info("update {} to {} begins", standing_.command, standing_.version);
  return std::nullopt;
}

Outcome UpdateDesk::end(std::string why) {
  standing_.state = State::refused;
  standing_.why = std::move(why);
  log_.warning("update {}: {}", standing_.command, standing_.why);
  if (const auto ended = files_->end(standing_); !ended) log_.error("{}", ended.error().message());
  return standing_;
}

void UpdateDesk::told(const std::string& command) {
  if (!files_ || command != standing_.command) return;
  if (const auto noted = files_->note_told(command); !noted) log_.error("{}", noted.error().message());
}

bool UpdateDesk::is_told() const {
  return files_ && files_->told() == standing_.command;
}

Json UpdateDesk::status() const {
  Json out = update::outcome_json(standing_);
  out["enabled"] = trust().has_value();
  out["start"] = standing_.state == State::waiting ? Json(format_rfc3339(start_)) : Json();
  return out;
}

Json UpdateDesk::brief() const {
  if (standing_.state == State::none) return {};
  const Json all = update::outcome_json(standing_);
  return {{"state", all["state"]}, {"command", all["command"]}, {"version", all["version"]}};
}

std::string update_reply(const Outcome& outcome) {
  sync::CommandMessage command;
  command.name = update::kCommand;
  command.id = outcome.command;
  if (outcome.state == State::confirmed)
    return sync::reply_done(command, {{"state", "confirmed"}, {"version", outcome.version}});
  return sync::reply_refused(command, to_string(outcome.state), outcome.why);
}

}  // namespace aisle::app
