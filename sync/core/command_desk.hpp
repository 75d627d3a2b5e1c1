// Decides which commands are carried out: nothing retained, expired, forged or done before. Pure; on the core loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "agent/base/time.hpp"
#include "sync/core/command_message.hpp"
#include "sync/core/transport.hpp"

namespace aisle::sync {

// What the desk needs of the agent.
class CommandPort {
 public:
  virtual ~CommandPort() = default;
  // Whether the wall clock may be relied on: else nothing that has an end can be judged.
  [[nodiscard]] virtual bool time_known() const = 0;
  using Remembered = std::function<void(const Result<std::optional<std::string>>& reply)>;
  // The reply that was committed under this id, if any.
  virtual void find_reply(const std::string& id, Remembered done) = 0;
  // Carries it out; `done` once, after effect, id and reply are committed (or with a refusal, when nothing was done).
  virtual void execute(const CommandMessage& command, std::function<void(std::string reply)> done) = 0;
  // `accepted`, where there is one: once the broker has it.
  virtual void send_reply(OutMessage message, std::function<void()> accepted) = 0;
};

struct CommandCounters {
  std::uint64_t received = 0, executed = 0, repeated = 0, response_topics_ignored = 0;
  std::map<std::string, std::uint64_t> ignored, refused;  // by reason
};

struct CommandIdentity {
  std::string prefix, store, gateway;
};

// The commands that there are, and whether each changes state and so must be signed.
[[nodiscard]] std::optional<bool> changes_state(std::string_view name);

class CommandDesk {
 public:
  CommandDesk(CommandIdentity identity, const Clock& clock, CommandPort& port);
  void set_key(std::optional<Ed25519Public> key) { key_ = key; }
  void on_message(std::string_view name, const InMessage& message);
  // What became of a command whose first reply could not say it yet; to our own `res`. `accepted`: once the broker has
  // it.
  void tell(const std::string& id, std::string reply, std::function<void()> accepted = {});
  [[nodiscard]] const CommandCounters& counters() const { return counters_; }

 private:
  struct Refusal {
    const char* reason;
    const char* detail;
  };
  // Where a reply goes.
  struct Address {
    std::string topic, correlation_data;
  };

  [[nodiscard]] std::optional<Refusal> refusal_of(const CommandMessage& command) const;
  [[nodiscard]] std::optional<Refusal> signature_refusal(const CommandMessage& command) const;
  [[nodiscard]] Address address_of(const CommandMessage& command, const InMessage& message);
  void refuse(const CommandMessage& command, const Address& to, Refusal why);
  void look_up(CommandMessage command, Address to);
  void carry_out(const CommandMessage& command, const Address& to);
  void send(const Address& to, std::string reply, std::function<void()> accepted = {});

  CommandIdentity identity_;
  std::string replies_;  // topic of our own `res`
  const Clock& clock_;
  CommandPort& port_;
  std::optional<Ed25519Public> key_;
  CommandCounters counters_;
  std::set<std::string> in_progress_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace aisle::sync
