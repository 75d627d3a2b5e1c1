// A command as it comes below `cmd/`, and the reply to it. The format is described in sync/README.md.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/ed25519.hpp"
#include "agent/base/time.hpp"
#include "agent/model/event.hpp"

namespace aisle::sync {

inline constexpr std::size_t kMaxCommandBytes = 64U << 10U;

struct CommandMessage {
  std::string name;  // the last level of the topic
  std::string id;    // 1 to 64 of A-Z a-z 0-9 . _ -
  std::string issued_text, expires_text;
  UnixTime issued, expires;
  nlohmann::json args = nlohmann::json::object();
  std::string args_text;  // what is signed: `args` as sent when it is a string, else its canonical dump
  std::string signature;  // base64; empty: none
};

// Error: what is wrong with it.
[[nodiscard]] Result<CommandMessage> parse_command(std::string_view name, const std::string& payload);

// The bytes that are signed.
[[nodiscard]] std::string signed_bytes(const CommandMessage& command, std::string_view store, std::string_view gateway);
[[nodiscard]] bool signature_holds(const CommandMessage& command, std::string_view store, std::string_view gateway,
                                   const Ed25519Public& key);

// A command's payload, signed when there is a seed; for those who send commands.
[[nodiscard]] std::string command_payload(CommandMessage command, std::string_view store, std::string_view gateway,
                                          const std::optional<Ed25519Seed>& seed);

// {"id","name","ok":true,"result":{…}} and {"id","name","ok":false,"error":{"reason","detail"}}.
[[nodiscard]] std::string reply_done(const CommandMessage& command, Json result);
[[nodiscard]] std::string reply_refused(const CommandMessage& command, std::string_view reason,
                                        std::string_view detail);

}  // namespace aisle::sync
