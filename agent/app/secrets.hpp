// What must not leave the gateway, as far as the configuration leads to it.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace aisle::app {

// As they stand in their files and in other forms that they may take: the broker's password; a user name that is more
// than the gateway's name (some brokers take an access token there); the private key's lines; the token's PIN; the
// master key. What cannot be read cannot have been written anywhere by us, and is left out.
[[nodiscard]] std::vector<std::string> known_secrets(const config::Config& config);

}  // namespace aisle::app
