// What a certificate of ours says, and how much of its life is left.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"

namespace aisle::provision {

struct Certificate {
  std::string subject;      // common name, printable ASCII
  UnixTime from, until;     // valid
  std::string fingerprint;  // of its public key, as of GatewayKey
};

// The first one of the PEM text.
[[nodiscard]] Result<Certificate> read_certificate(std::string_view pem);

enum class Life : std::uint8_t { good, not_yet, renew, last_week, expired };
// `renew` from a third of the life on; `last_week`: seven days or less, of a life of three weeks or more.
[[nodiscard]] Life life_of(const Certificate& certificate, UnixTime now);
[[nodiscard]] std::string_view to_string(Life life);

}  // namespace aisle::provision
