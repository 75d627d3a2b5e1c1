// By which names and addresses this machine is reached.
#pragma once

#include <string>
#include <vector>

namespace aisle::cloud {

// For the certificate of a server that listens at `host`: `more`, then `host`; where that is every address of the
// machine ("0.0.0.0", "::"), its name and its addresses instead.
[[nodiscard]] std::vector<std::string> server_names(const std::string& host, const std::vector<std::string>& more);

}  // namespace aisle::cloud
