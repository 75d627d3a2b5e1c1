// Commands that were carried out, by id. Statements only: the caller opens the transaction around them.
#pragma once

#include <optional>
#include <string>

#include "agent/store/sqlite.hpp"
#include "agent/store/store.hpp"

namespace aisle::store {

// Unsigned commands remembered at most, the newest: whoever may send them must not fill the card, nor push out what was
// signed.
inline constexpr std::int64_t kMaxUnsignedCommands = 1000;

class Commands {
 public:
  explicit Commands(Connection& connection) : db_(connection) {}
  Status put(const CommandRow& command);
  Result<std::optional<std::string>> reply(const std::string& id);
  Status forget_before(std::int64_t at_ms);

 private:
  Connection& db_;
};

}  // namespace aisle::store
