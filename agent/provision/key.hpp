// The gateway's own private key: made here, it never leaves this machine, or its token.
#pragma once

#include <memory>
#include <string>

#include "agent/base/result.hpp"
#include "agent/provision/record.hpp"

struct evp_pkey_st;

namespace aisle::sync {
class Pkcs11Session;
}

namespace aisle::provision {

class GatewayKey {
 public:
  // EC P-256.
  [[nodiscard]] static Result<GatewayKey> make();
  [[nodiscard]] static Result<GatewayKey> read(const std::string& path);
  // The key of that name on the token; made there when there is none.
  [[nodiscard]] static Result<GatewayKey> on_token(const KeyPlace& place);

  // PEM without a passphrase; empty for a key on a token.
  [[nodiscard]] std::string pem() const;
  // SHA-256 of the public half (SubjectPublicKeyInfo, DER), 64 hex digits: what tells one gateway from another.
  [[nodiscard]] std::string fingerprint() const;
  // A certificate request (PKCS#10, PEM) for the common name.
  [[nodiscard]] Result<std::string> request(const std::string& name) const;
  // For a TLS connection that proves the key; lives as long as this.
  [[nodiscard]] evp_pkey_st* get() const { return key_.get(); }

 private:
  explicit GatewayKey(std::shared_ptr<evp_pkey_st> key, std::shared_ptr<sync::Pkcs11Session> token = nullptr)
      : token_(std::move(token)), key_(std::move(key)) {}

  std::shared_ptr<sync::Pkcs11Session> token_;  // outlives the key
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace aisle::provision
