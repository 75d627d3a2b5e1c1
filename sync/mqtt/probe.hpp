// Looks at a broker step by step, apart from any connection: for `aislectl doctor`. All of it blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "agent/base/time.hpp"
#include "sync/mqtt/certificate.hpp"
#include "sync/mqtt/transport.hpp"

namespace aisle::sync {

// The numeric addresses of a host, in the system's order. Error: "dns". Takes as long as the system's resolver is told
// to.
[[nodiscard]] tl::expected<std::vector<std::string>, Disconnected> addresses_of(const std::string& host);

// The first of a host's addresses that accepts a TCP connection. Error: "dns", "refused" or "unreachable".
[[nodiscard]] tl::expected<std::string, Disconnected> reach(const std::string& host, std::uint16_t port,
                                                            milliseconds limit);

// What a handshake showed. Our own certificate is not offered, so no token is asked to sign.
struct TlsSeen {
  std::optional<Disconnected> trouble;    // why there is no TLS, or what is wrong with a certificate
  std::optional<CertificateFacts> first;  // the certificate of the chain that is over first
  CertificateLife life{};                 // its
  std::string version;                    // "TLSv1.3"
};
// `address`: one of the host's, as `reach` found it.
[[nodiscard]] TlsSeen look_at_tls(const MosquittoTls& settings, const std::string& host, const std::string& address,
                                  std::uint16_t port, milliseconds limit);

struct OwnCertificate {
  CertificateFacts facts;
  CertificateLife life;
};
// That of [sync] cert. Error: "credentials".
[[nodiscard]] tl::expected<OwnCertificate, Disconnected> own_certificate(const MosquittoTls& settings);

}  // namespace aisle::sync
