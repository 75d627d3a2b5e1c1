#include "tests/fakes/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <functional>
#include <vector>

namespace aisle::fakes {
namespace {

void write_pem(const std::string& path, const std::function<void(std::FILE*)>& write) {
  if (std::FILE* file = std::fopen(path.c_str(), "w")) {
    write(file);
    std::fclose(file);
  }
}

void extend(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* draft(const std::string& name, EVP_PKEY* key, const CertificateOptions& options) {
  static long serial = 0;
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), options.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.until);
  const std::vector<unsigned char> bytes(name.begin(), name.end());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, bytes.data(),
                             static_cast<int>(bytes.size()), -1, 0);
  X509_set_pubkey(certificate, key);
  return certificate;
}

}  // namespace

Authority::Authority(const std::string& path, const std::string& name, CertificateOptions valid)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(draft(name, key_.get(), valid), X509_free) {
  X509* own = certificate_.get();
  X509_set_issuer_name(own, X509_get_subject_name(own));
  extend(own, NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(own, key_.get(), EVP_sha256());
  write_pem(path + ".pem", [own](std::FILE* file) { PEM_write_X509(file, own); });
}

void Authority::save_key(const std::string& path) const {
  write_pem(path,
            [this](std::FILE* file) { PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

void Authority::issue(const std::string& path, const std::string& name, const CertificateOptions& options) const {
  const Key key(options.rsa ? EVP_RSA_gen(2048U) : EVP_EC_gen("P-256"), EVP_PKEY_free);
  write_pem(path + ".key",
            [&key](std::FILE* file) { PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  certify(path, name, key.get(), options);
}

void Authority::certify(const std::string& path, const std::string& name, EVP_PKEY* key,
                        const CertificateOptions& options) const {
  const Certificate made(draft(name, key, options), X509_free);
  X509_set_issuer_name(made.get(), X509_get_subject_name(certificate_.get()));
  if (!options.hosts.empty()) extend(made.get(), NID_subject_alt_name, options.hosts);
  X509_sign(made.get(), key_.get(), EVP_sha256());
  write_pem(path + ".pem", [&made](std::FILE* file) { PEM_write_X509(file, made.get()); });
}

}  // namespace aisle::fakes
