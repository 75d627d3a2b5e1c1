#include "sync/core/command_desk.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

namespace aisle::sync {
namespace {

constexpr seconds kSkew{5 * 60};             // the sender's clock may be this far ahead of ours
constexpr seconds kLongestLife{7 * 86'400};  // ids are remembered for a day longer than that
constexpr std::size_t kMaxInProgress = 16;
constexpr std::size_t kMaxResponseTopic = 256;

struct Known {
  std::string_view name;
  bool changes_state;
};
constexpr std::array kKnown = {Known{"ping", false},  Known{"support-bundle", false}, Known{"resync", true},
                               Known{"reload", true}, Known{"config", true},          Known{"erase", true},
                               Known{"update", true}};

bool plain_topic(std::string_view topic) {
  if (topic.size() > kMaxResponseTopic || topic.ends_with('/') || topic.find("//") != std::string_view::npos)
    return false;
  for (const char character : topic) {
    if (character == '+' || character == '#' || static_cast<unsigned char>(character) < 0x20) return false;
  }
  return true;
}

}  // namespace

std::optional<bool> changes_state(std::string_view name) {
  for (const auto& known : kKnown) {
    if (known.name == name) return known.changes_state;
  }
  return std::nullopt;
}

CommandDesk::CommandDesk(CommandIdentity identity, const Clock& clock, CommandPort& port)
    : identity_(std::move(identity)),
      replies_(fmt::format("{}/{}/{}/res/", identity_.prefix, identity_.store, identity_.gateway)),
      clock_(clock),
      port_(port) {}

void CommandDesk::on_message(std::string_view name, const InMessage& message) {
  ++counters_.received;
  if (message.retain) return void(++counters_.ignored["retained"]);
  if (message.payload.size() > kMaxCommandBytes) return void(++counters_.ignored["oversized"]);
  auto command = parse_command(name, message.payload);
  if (!command) return void(++counters_.ignored["malformed"]);
  if (port_.time_known() && clock_.now() > command->expires) return void(++counters_.ignored["expired"]);
  const Address to = address_of(*command, message);
  if (const auto refusal = refusal_of(*command)) return refuse(*command, to, *refusal);
  if (in_progress_.contains(command->id)) return void(++counters_.repeated);  // its reply is on its way
  if (in_progress_.size() >= kMaxInProgress)
    return refuse(*command, to, {"busy", "too many commands at once; send it again"});
  look_up(std::move(*command), to);
}

std::optional<CommandDesk::Refusal> CommandDesk::refusal_of(const CommandMessage& command) const {
  const auto state_changing = changes_state(command.name);
  if (!state_changing)
    return Refusal{"unknown_command", "ping, support-bundle, resync, reload, config, erase or update expected"};
  if (command.expires < command.issued || command.expires - command.issued > kLongestLife)
    return Refusal{"lifetime", "\"expires\" must be after \"issued\", by at most 7 days"};
  if (port_.time_known() && command.issued > clock_.now() + kSkew)
    return Refusal{"not_yet_issued", "\"issued\" is more than 5 minutes ahead of the gateway's clock"};
  if (!*state_changing) return std::nullopt;
  if (!port_.time_known()) return Refusal{"clock_unknown", "the gateway does not know the time yet; send it again"};
  return signature_refusal(command);
}

std::optional<CommandDesk::Refusal> CommandDesk::signature_refusal(const CommandMessage& command) const {
  if (!key_) return Refusal{"no_key", "no key is pinned ([commands] public_key): signed commands are not taken"};
  if (command.signature.empty()) return Refusal{"unsigned", "this command changes state and must be signed"};
  if (!signature_holds(command, identity_.store, identity_.gateway, *key_))
    return Refusal{"signature", "the signature is not by the pinned key over this command"};
  return std::nullopt;
}

CommandDesk::Address CommandDesk::address_of(const CommandMessage& command, const InMessage& message) {
  Address to{replies_ + command.id, message.correlation_data};
  const std::string& wanted = message.response_topic;
  if (wanted.empty()) return to;
  if (wanted.size() > replies_.size() && wanted.starts_with(replies_) && plain_topic(wanted)) {
    to.topic = wanted;
  } else {
    ++counters_.response_topics_ignored;
  }
  return to;
}

void CommandDesk::refuse(const CommandMessage& command, const Address& to, Refusal why) {
  ++counters_.refused[why.reason];
  send(to, reply_refused(command, why.reason, why.detail));
}

void CommandDesk::look_up(CommandMessage command, Address to) {
  in_progress_.insert(command.id);
  const std::string id = command.id;
  port_.find_reply(id, [this, alive = std::weak_ptr<int>(alive_), command = std::move(command),
                        to = std::move(to)](const Result<std::optional<std::string>>& reply) {
    if (alive.expired()) return;
    if (reply && !*reply) return carry_out(command, to);
    in_progress_.erase(command.id);
    if (!reply) return refuse(command, to, {"busy", "the database cannot be read; send it again"});
    ++counters_.repeated;
    send(to, **reply);
  });
}

void CommandDesk::carry_out(const CommandMessage& command, const Address& to) {
  port_.execute(command, [this, alive = std::weak_ptr<int>(alive_), id = command.id, to](std::string reply) {
    if (alive.expired()) return;
    in_progress_.erase(id);
    ++counters_.executed;
    send(to, std::move(reply));
  });
}

void CommandDesk::tell(const std::string& id, std::string reply, std::function<void()> accepted) {
  send({replies_ + id, {}}, std::move(reply), std::move(accepted));
}

void CommandDesk::send(const Address& to, std::string reply, std::function<void()> accepted) {
  OutMessage message;
  message.topic = to.topic;
  message.payload = std::move(reply);
  message.content_type = "application/json";
  message.utf8_payload = true;
  message.correlation_data = to.correlation_data;
  port_.send_reply(std::move(message), std::move(accepted));
}

}  // namespace aisle::sync
