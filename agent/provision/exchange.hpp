// The talk with the cloud that ends with a certificate: JSON over HTTPS. agent/provision/README.md has the format.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.hpp"
#include "agent/provision/claim.hpp"
#include "agent/provision/key.hpp"

namespace aisle::provision {

// What the cloud answers to a claim or a renewal.
struct Grant {
  std::string certificate;  // PEM, ours first, then who signed it
  std::string authorities;  // PEM, of the broker; empty: as before, or the claim's
  std::string command_key;  // Ed25519, as [commands] takes it; empty: none
  std::string broker;       // as in a claim; empty: the claim's
};
[[nodiscard]] Result<Grant> parse_grant(std::string_view text);

// A file of PEM to know the cloud by; empty: the system's authorities.
struct CloudAddress {
  std::string url, ca_file;
};

class Exchange {
 public:
  virtual ~Exchange() = default;
  // `request`: PKCS#10, PEM.
  virtual Result<Grant> claim(const CloudAddress& cloud, const Claim& claim, const std::string& request) = 0;
  // Authenticated by the certificate in force and its key.
  virtual Result<Grant> renew(const CloudAddress& cloud, const std::string& certificate, const GatewayKey& key,
                              const std::string& request) = 0;
};

class HttpsExchange final : public Exchange {
 public:
  Result<Grant> claim(const CloudAddress& cloud, const Claim& claim, const std::string& request) override;
  Result<Grant> renew(const CloudAddress& cloud, const std::string& certificate, const GatewayKey& key,
                      const std::string& request) override;
};

}  // namespace aisle::provision
