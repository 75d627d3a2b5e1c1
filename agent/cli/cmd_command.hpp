#pragma once

#include <string>

#include "sync/mqtt/transport.hpp"

namespace aisle::cli {

struct CommandArguments {
  std::string name;  // empty: no command
  std::string gateway, args = "{}", id, sign_key;
  int expires_s = 300, timeout_s = 60;
};

// Prints the reply. kDone when the gateway did it.
int send_command(const CommandArguments& arguments, sync::MosquittoOptions broker, const std::string& prefix,
                 const std::string& store);

}  // namespace aisle::cli
