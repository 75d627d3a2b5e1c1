// What a certificate says, in words that are safe to log: it may come from anybody.
#pragma once

#include <cstdint>
#include <string>

#include "sync/mqtt/tls_verdict.hpp"

struct x509_st;

namespace aisle::sync {

[[nodiscard]] CertificateFacts facts_of(const x509_st* certificate);
// How long a certificate is valid, and how much of that is left; negative: over. Seconds.
struct CertificateLife {
  std::int64_t whole = 0, left = 0;
};
[[nodiscard]] CertificateLife life_of(const x509_st* certificate);
// The system's time, in the form of the facts: what certificates are checked by.
[[nodiscard]] std::string certificate_clock();

}  // namespace aisle::sync
