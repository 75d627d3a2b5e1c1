// What OpenSSL's numbers about certificates and alerts mean to a person, and what to do about it.
#pragma once

#include <string>

#include "sync/core/transport.hpp"

namespace aisle::sync {

// Of the certificate that failed; text that came from it is printable ASCII already.
struct CertificateFacts {
  std::string subject;
  std::string names;  // the hosts that it is for, as "a.example, 10.0.0.1"
  std::string from;   // "2027-01-15 08:00 UTC"
  std::string until;
  bool broker = true;  // the broker's own, else one of those that signed it
};

// `error` is one of X509_V_ERR_; `host` is what we connected to, `now` our time in the form above.
[[nodiscard]] Disconnected certificate_refused(int error, const CertificateFacts& facts, const std::string& host,
                                               const std::string& now);
// `what` the broker finds wrong with our certificate; `own`: the certificate and its dates, "" for none.
[[nodiscard]] Disconnected own_certificate_refused(const char* what, const std::string& own);
// A fatal alert that the broker sent (RFC 8446, section 6). `own` as above.
[[nodiscard]] Disconnected alert_received(int alert, const std::string& own);

}  // namespace aisle::sync
