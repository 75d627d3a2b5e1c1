// Whose updates root installs: a key that only root can have written.
#pragma once

#include <string>

#include "agent/base/ed25519.hpp"

namespace aisle::update {

// Error: there is none, or others than we ourselves may write it or its directory.
[[nodiscard]] Result<Ed25519Public> read_trust(const std::string& path);
[[nodiscard]] Status write_trust(const std::string& path, const Ed25519Public& key);
// For people to compare.
[[nodiscard]] std::string fingerprint(const Ed25519Public& key);

}  // namespace aisle::update
