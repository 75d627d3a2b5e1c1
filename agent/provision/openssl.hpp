// Owners of OpenSSL's objects, and PEM as text. Internal to what makes and signs certificates.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace aisle::provision {

template <auto Release>
struct Releases {
  template <class T>
  void operator()(T* object) const {
    Release(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Releases<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Releases<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Releases<X509_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Releases<X509_REQ_free>>;

// Of `text`, which must outlive it.
[[nodiscard]] BioPtr bio_of(std::string_view text);
// What `write` writes; empty when it fails.
[[nodiscard]] std::string pem_of(const std::function<int(BIO*)>& write);
// The first certificate of the text; null when there is none.
[[nodiscard]] CertificatePtr certificate_of(std::string_view pem);
// The common name; empty when there is none, or one that is not printable ASCII.
[[nodiscard]] std::string common_name(const X509_NAME* name);
[[nodiscard]] bool set_common_name(X509_NAME* name, std::string_view text);
// SHA-256 of the SubjectPublicKeyInfo in DER, lower-case hex; empty when OpenSSL cannot.
[[nodiscard]] std::string fingerprint_of(const EVP_PKEY* key);

}  // namespace aisle::provision
