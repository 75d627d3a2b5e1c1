// Where a certificate or a secret is read from: a file, or "credential:NAME" for what systemd hands over
// (LoadCredential=, LoadCredentialEncrypted=, SetCredential=) in $CREDENTIALS_DIRECTORY.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.hpp"

namespace aisle {

[[nodiscard]] bool names_credential(std::string_view source);
// A path, or "credential:" and a name that systemd would take.
[[nodiscard]] bool valid_source(std::string_view source);
// The path to read; fails when a credential is named and systemd has handed none over.
[[nodiscard]] Result<std::string> source_path(std::string_view source);
// The first line, without its end.
[[nodiscard]] Result<std::string> read_secret(std::string_view source);

}  // namespace aisle
