#include "sync/mqtt/tls_verdict.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "sync/core/states.hpp"

namespace aisle::sync {
namespace {

Disconnected untrusted(const std::string& whose, int error) {
  return {state::kCertificateUntrusted,
          fmt::format("{} is signed by nobody that [sync] ca names ({}); set ca to the certificate of the authority "
                      "that signed it",
                      whose, X509_verify_cert_error_string(error))};
}

}  // namespace

Disconnected own_certificate_refused(const char* what, const std::string& own) {
  return {state::kOwnCertificateRefused, fmt::format("the broker refuses our certificate ({}): {}; check [sync] cert",
                                                     own.empty() ? "none" : own, what)};
}

Disconnected certificate_refused(int error, const CertificateFacts& facts, const std::string& host,
                                 const std::string& now) {
  const std::string whose = fmt::format(
      "the {} \"{}\"", facts.broker ? "broker's certificate" : "certificate that signed the broker's,", facts.subject);
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {state::kCertificateExpired,
              fmt::format("{} expired at {}; it has to be renewed (our clock says {})", whose, facts.until, now)};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {state::kCertificateNotYetValid,
              fmt::format("{} is valid from {}, and our clock says {}; whichever is wrong has to be corrected", whose,
                          facts.from, now)};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {state::kCertificateOfAnotherHost,
              fmt::format("{} is for {}, not for {}; [sync] host must be a name that it holds", whose,
                          facts.names.empty() ? "no host" : facts.names, host)};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
    case X509_V_ERR_INVALID_CA:
      return untrusted(whose, error);
    default:
      return {state::kTls, fmt::format("{}: {}", whose, X509_verify_cert_error_string(error))};
  }
}

Disconnected alert_received(int alert, const std::string& own) {
  switch (alert) {
    case SSL_AD_CERTIFICATE_REQUIRED:
      return own_certificate_refused("it wants one; set cert and key", own);
    case SSL_AD_CERTIFICATE_EXPIRED:
      return own_certificate_refused("it has expired, or is not valid yet, by the broker's clock", own);
    case SSL_AD_CERTIFICATE_REVOKED:
      return own_certificate_refused("it has been revoked", own);
    case SSL_AD_UNKNOWN_CA:
      return own_certificate_refused("the broker does not know who signed it", own);
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_DECRYPT_ERROR:
      return own_certificate_refused(SSL_alert_desc_string_long(alert), own);
    case SSL_AD_PROTOCOL_VERSION:
      return {state::kTls, "the broker does not speak TLS 1.2 or newer, which it has to"};
    case SSL_AD_HANDSHAKE_FAILURE:
      return {
          state::kTls,
          "the broker ends the handshake: no cipher in common, or it wants a certificate of ours ([sync] cert, key)"};
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return {state::kTls, "the broker does not know the protocol that [sync] alpn names"};
    case SSL_AD_UNRECOGNIZED_NAME:
      return {state::kTls, "the broker does not know the name in [sync] host"};
    default:
      return {state::kTls, fmt::format("the broker ends the connection: {}", SSL_alert_desc_string_long(alert))};
  }
}

}  // namespace aisle::sync
