// The newest command that root has begun to carry out, so that none is carried out twice: the daemon's user may keep
// commands, and hand over one that was replaced.
#pragma once

#include <string>

#include "agent/base/result.hpp"
#include "sync/core/command_message.hpp"

namespace aisle::update {

// Error: the command is not newer, or what the file says is not known. No file: none was carried out yet.
[[nodiscard]] Status check_newer(const std::string& path, const sync::CommandMessage& command);
[[nodiscard]] Status write_carried_out(const std::string& path, const sync::CommandMessage& command);

}  // namespace aisle::update
