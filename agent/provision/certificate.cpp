#include "agent/provision/certificate.hpp"

#include <ctime>

#include "agent/provision/openssl.hpp"

namespace aisle::provision {
namespace {

constexpr Duration kWeek = std::chrono::hours(24 * 7);
constexpr int kParts = 3;  // renewed when one of these is left

Result<UnixTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return fail("the certificate has dates that OpenSSL does not read");
  return UnixTime{seconds{timegm(&parts)}};
}

}  // namespace

Result<Certificate> read_certificate(std::string_view pem) {
  const CertificatePtr certificate = certificate_of(pem);
  if (!certificate) return fail("holds no PEM certificate");
  const auto from = time_of(X509_get0_notBefore(certificate.get()));
  const auto until = time_of(X509_get0_notAfter(certificate.get()));
  if (!from) return tl::unexpected(from.error());
  if (!until) return tl::unexpected(until.error());
  return Certificate{common_name(X509_get_subject_name(certificate.get())), *from, *until,
                     fingerprint_of(X509_get0_pubkey(certificate.get()))};
}

Life life_of(const Certificate& certificate, UnixTime now) {
  const Duration whole = certificate.until - certificate.from;
  const Duration left = certificate.until - now;
  if (left <= Duration{0}) return Life::expired;
  if (now < certificate.from) return Life::not_yet;
  if (left * kParts > whole) return Life::good;
  return left <= kWeek && whole >= kWeek * kParts ? Life::last_week : Life::renew;
}

std::string_view to_string(Life life) {
  switch (life) {
    case Life::good:
      return "good";
    case Life::not_yet:
      return "not yet valid";
    case Life::renew:
      return "to be renewed";
    case Life::last_week:
      return "expires within a week";
    case Life::expired:
      return "expired";
  }
  return "";
}

}  // namespace aisle::provision
