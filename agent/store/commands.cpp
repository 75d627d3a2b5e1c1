#include "agent/store/commands.hpp"

namespace aisle::store {

Status Commands::put(const CommandRow& command) {
  auto query = db_.query("commands.put");
  query.bind(command.id).bind(command.name).bind(command.at_ms).bind(command.is_signed).bind(command.reply);
  if (auto put = query.run(); !put || command.is_signed) return put;
  return db_.query("commands.trim_unsigned").bind(kMaxUnsignedCommands).run();
}

Result<std::optional<std::string>> Commands::reply(const std::string& id) {
  auto query = db_.query("commands.reply");
  const auto found = query.bind(id).next();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<std::string>();
  return std::optional(query.text(0));
}

Status Commands::forget_before(std::int64_t at_ms) {
  return db_.query("commands.forget").bind(at_ms).run();
}

}  // namespace aisle::store
