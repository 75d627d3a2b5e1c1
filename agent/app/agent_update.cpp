// The command `update`: what was offered, and what became of it.
#include <utility>

#include "agent/app/agent.hpp"

namespace aisle::app {

update::Site Agent::update_site() const {
  const auto& config = options_.config;
  return {config.store.id, config.store.gateway, update::own_target(), config.update.ring};
}

void Agent::take_update(const sync::CommandMessage& command, ReplyDone done) {
  const auto taken = updates_.take(command, update_site());
  if (!taken) {
    log_.warning("update {} is refused: {}", command.id, taken.error().detail);
    return done(sync::reply_refused(command, taken.error().reason, taken.error().detail));
  }
  if (taken->ended) report_update(*taken->ended);
  commit_reply(command, sync::reply_done(command, taken->result), std::move(done));
}

// At the start: what ended while no daemon ran, or was committed and did not reach the broker, was not told.
void Agent::settle_update() {
  updates_.begin(update_site());
  const update::Outcome standing = updates_.standing();
  if (!is_final(standing.state) || standing.command.empty() || updates_.is_told()) return;
  store_->read_command(standing.command, [this, standing](const Result<std::optional<std::string>>& reply) {
    if (stopping_ || !reply || !*reply) return;
    const auto said = nlohmann::json::parse(**reply, nullptr, false);
    const auto state = nlohmann::json::json_pointer("/result/state");
    if (said.is_object() && said.contains(state) && said[state] == "waiting") return report_update(standing);
    updates_ended_[standing.command] = {**reply};
  });
}

// Once a second.
void Agent::watch_update() {
  const auto ended = updates_.look(time_known() ? std::optional(clock_.now()) : std::nullopt);
  if (ended) report_update(*ended);
  session_->set_update(updates_.brief());
  tell_updates();
}

// Once a connection, until the broker has it.
void Agent::tell_updates() {
  if (updates_ended_.empty() || !session_->online()) return;
  const auto connection = session_->status().connects;
  for (auto& [command, reply] : updates_ended_) {
    if (std::exchange(reply.sent_on, connection) == connection) continue;
    desk_->tell(command, reply.text, [this, id = command] {
      updates_.told(id);
      updates_ended_.erase(id);
    });
  }
}

// It replaces the reply that said `waiting`, on the disk first.
void Agent::report_update(const update::Outcome& outcome) {
  sync::CommandMessage command;
  command.name = update::kCommand;
  command.id = outcome.command;
  commit_reply(command, update_reply(outcome),
               [this, id = outcome.command](std::string reply) { updates_ended_[id] = {std::move(reply)}; });
}

}  // namespace aisle::app
