// Where the cloud's HTTPS end is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.hpp"

namespace aisle::provision {

struct Url {
  std::string host;
  std::uint16_t port = 443;
  std::string path;  // without a slash at the end; "" or "/..."
  bool tls = true;
};

// "https://HOST[:PORT][/PATH]"; an IPv6 address in brackets.
[[nodiscard]] Result<Url> parse_url(std::string_view text);
// The same, or with "http://".
[[nodiscard]] Result<Url> parse_web_url(std::string_view text);

}  // namespace aisle::provision
