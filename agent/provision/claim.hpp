// What a gateway is made from: who it is to be, where its broker and its cloud are, and a claim that serves once.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.hpp"

namespace aisle::provision {

struct Claim {
  std::string store, gateway;  // site ids
  std::string broker;          // "HOST[:PORT]", several with commas; empty: the cloud's answer names it
  std::string url;             // "https://HOST[:PORT][/PATH]" of the cloud
  std::string token;           // the secret that serves once
  std::string ca;              // PEM: who signed the cloud's certificate; empty: the system's authorities
};

// A claim file: TOML, or a JSON object, with the members above; instead of `ca` also `ca_file`, a path that is relative
// to `name`, which is the file's own. What the file does not name stays empty. Error: where, and what is expected.
[[nodiscard]] Result<Claim> parse_claim(std::string_view text, const std::string& name);

// Every member that was given is well formed; `store`, `gateway`, `url` and `token` are there. Errors name the flag.
[[nodiscard]] Status check_claim(const Claim& claim);

}  // namespace aisle::provision
