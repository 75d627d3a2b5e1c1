// Whose updates root installs, and for whom they must be signed: what only root can have written. Lines "key HEX",
// "store ID" and "gateway ID".
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "agent/base/ed25519.hpp"

namespace aisle::update {

struct Trust {
  Ed25519Public key{};
  std::string store, gateway;  // a command for another one is none for us
};

// Error: what is missing in it, and that `aislectl update trust` writes it anew.
[[nodiscard]] Result<Trust> parse_trust(std::string_view text);
// As the installer does. Error: also where there is none, or others than `owner` may write it or its directory.
[[nodiscard]] Result<Trust> read_trust(const std::string& path, uid_t owner = geteuid());
[[nodiscard]] Status write_trust(const std::string& path, const Trust& trust);
// For people to compare.
[[nodiscard]] std::string fingerprint(const Ed25519Public& key);

}  // namespace aisle::update
