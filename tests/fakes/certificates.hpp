// Certificates for tests, signed by an authority of their own, valid whenever the test wants.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace aisle::fakes {

struct CertificateOptions {
  std::string hosts = "DNS:localhost,IP:127.0.0.1";  // as openssl writes a subjectAltName; empty: none
  long from = -3600;                                 // valid from and until, seconds from now
  long until = 3600;
  bool rsa = false;  // an RSA key of 2048 bits instead of P-256
};

class Authority {
 public:
  // Writes `path`.pem, the authority's own certificate; `name` tells it from others.
  explicit Authority(const std::string& path, const std::string& name = "test authority",
                     CertificateOptions valid = {});

  // Writes the authority's own key, for a program that is to be it.
  void save_key(const std::string& path) const;
  // Writes `path`.pem and `path`.key, a certificate for `name` and its key, in place of what was there.
  void issue(const std::string& path, const std::string& name, const CertificateOptions& options = {}) const;
  // Writes `path`.pem only, for a key that lives elsewhere; its public half is enough.
  void certify(const std::string& path, const std::string& name, EVP_PKEY* key,
               const CertificateOptions& options = {}) const;

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  Key key_;
  Certificate certificate_;
};

}  // namespace aisle::fakes
