// A certificate authority: signs what gateways ask for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"

struct x509_st;
struct evp_pkey_st;

namespace aisle::cloud {

// A certificate request whose signature holds: who asks, and for which key.
struct CertificateRequest {
  std::string name;  // common name
  std::shared_ptr<evp_pkey_st> key;
  std::string fingerprint;  // SHA-256 of the public key, hex
};
[[nodiscard]] Result<CertificateRequest> parse_request(const std::string& pem);
// Of a certificate in PEM, hex; empty: it is none.
[[nodiscard]] std::string serial_of(const std::string& pem);
// Whether it may be the name or address of a server.
[[nodiscard]] bool is_host(const std::string& name);

class Issuer {
 public:
  // PEM files of the authority.
  [[nodiscard]] static Result<Issuer> load(const std::string& certificate, const std::string& key);
  // For a gateway: valid from five minutes ago, for clocks that are behind, and for `life` from now. PEM.
  [[nodiscard]] Result<std::string> issue(const CertificateRequest& request, seconds life) const;
  // A list (PEM) of certificates that are good no longer, by their serial numbers. It names no next one: brokers that
  // read it do not turn everybody away when it is old.
  [[nodiscard]] Result<std::string> revocation_list(const std::vector<std::string>& serials) const;
  // For a server at these names and addresses, one at least, and at localhost. The key is a new one.
  struct Server {
    std::shared_ptr<x509_st> certificate;
    std::shared_ptr<evp_pkey_st> key;
  };
  [[nodiscard]] Result<Server> server(const std::vector<std::string>& hosts) const;
  [[nodiscard]] const std::string& pem() const { return pem_; }
  [[nodiscard]] x509_st* certificate() const { return certificate_.get(); }

 private:
  Issuer() = default;
  [[nodiscard]] Result<std::shared_ptr<x509_st>> sign(const std::string& name, evp_pkey_st* key, seconds life,
                                                      const std::string& hosts) const;
  std::shared_ptr<x509_st> certificate_;
  std::shared_ptr<evp_pkey_st> key_;
  std::string pem_;
};

}  // namespace aisle::cloud
