// A broker as a person writes it: "HOST[:PORT]", several with commas.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.hpp"

namespace aisle::provision {

[[nodiscard]] Status check_broker(std::string_view broker);

// Its nodes, each "HOST:PORT"; the port is 8883 where none is named.
[[nodiscard]] std::vector<std::string> broker_nodes(std::string_view broker);

// The common name of the certificate, and the login at brokers that take it from there: "store/gateway".
[[nodiscard]] std::string name_of(const std::string& store, const std::string& gateway);

}  // namespace aisle::provision
