#include "agent/cli/cloud/issuer.hpp"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "agent/provision/openssl.hpp"

namespace aisle::cloud {
namespace {

namespace pv = provision;

constexpr long kBackdated = 300;
constexpr seconds kServerLife{365 * 86400};

Result<std::string> text_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail("{}: cannot be read", path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool extend(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool set_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] &= 0x7FU;  // positive
  BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  const bool set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

bool is_address(const std::string& host) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str());
  ASN1_OCTET_STRING_free(address);
  return address != nullptr;
}

using AsnTime = std::unique_ptr<ASN1_TIME, pv::Releases<ASN1_TIME_free>>;

bool add_revoked(X509_CRL* list, const std::string& serial, ASN1_TIME* now) {
  BIGNUM* number = nullptr;
  if (BN_hex2bn(&number, serial.c_str()) == 0) return false;
  const std::unique_ptr<ASN1_INTEGER, pv::Releases<ASN1_INTEGER_free>> whole(BN_to_ASN1_INTEGER(number, nullptr));
  BN_free(number);
  X509_REVOKED* one = X509_REVOKED_new();
  const bool made = one != nullptr && whole && X509_REVOKED_set_serialNumber(one, whole.get()) == 1 &&
                    X509_REVOKED_set_revocationDate(one, now) == 1 && X509_CRL_add0_revoked(list, one) == 1;
  if (!made) X509_REVOKED_free(one);
  return made;
}

}  // namespace

std::string serial_of(const std::string& pem) {
  const auto certificate = pv::certificate_of(pem);
  if (!certificate) return "";
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr);
  char* hex = number != nullptr ? BN_bn2hex(number) : nullptr;
  std::string out = hex != nullptr ? hex : "";
  OPENSSL_free(hex);
  BN_free(number);
  return out;
}

bool is_host(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return is_address(name) || (!name.empty() && name.size() <= 64 && std::ranges::all_of(name, fits));
}

Result<CertificateRequest> parse_request(const std::string& pem) {
  const pv::RequestPtr request(PEM_read_bio_X509_REQ(pv::bio_of(pem).get(), nullptr, nullptr, nullptr));
  if (!request) return fail("csr: a certificate request in PEM expected");
  CertificateRequest out;
  out.key = {X509_REQ_get_pubkey(request.get()), EVP_PKEY_free};
  if (!out.key || X509_REQ_verify(request.get(), out.key.get()) != 1)
    return fail("csr: is not signed by the key that it is for");
  out.name = pv::common_name(X509_REQ_get_subject_name(request.get()));
  out.fingerprint = pv::fingerprint_of(out.key.get());
  return out;
}

Result<Issuer> Issuer::load(const std::string& certificate, const std::string& key) {
  Issuer out;
  const auto pem = text_of(certificate);
  if (!pem) return tl::unexpected(pem.error());
  const auto key_pem = text_of(key);
  if (!key_pem) return tl::unexpected(key_pem.error());
  out.pem_ = *pem;
  out.certificate_ = {pv::certificate_of(*pem).release(), X509_free};
  out.key_ = {PEM_read_bio_PrivateKey(pv::bio_of(*key_pem).get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
  if (!out.certificate_) return fail("{}: a PEM certificate expected", certificate);
  if (!out.key_ || X509_check_private_key(out.certificate_.get(), out.key_.get()) != 1)
    return fail("{}: the PEM key of {} expected", key, certificate);
  return out;
}

Result<std::shared_ptr<X509>> Issuer::sign(const std::string& name, EVP_PKEY* key, seconds life,
                                           const std::string& hosts) const {
  std::shared_ptr<X509> made(X509_new(), X509_free);
  X509* it = made.get();
  X509_gmtime_adj(X509_getm_notBefore(it), -kBackdated);
  X509_gmtime_adj(X509_getm_notAfter(it), life.count());
  const bool done = X509_set_version(it, X509_VERSION_3) == 1 && set_serial(it) &&
                    pv::set_common_name(X509_get_subject_name(it), name) && X509_set_pubkey(it, key) == 1 &&
                    X509_set_issuer_name(it, X509_get_subject_name(certificate_.get())) == 1 &&
                    extend(it, NID_basic_constraints, "critical,CA:FALSE") &&
                    extend(it, NID_key_usage, "critical,digitalSignature") &&
                    extend(it, NID_ext_key_usage, hosts.empty() ? "clientAuth" : "serverAuth") &&
                    (hosts.empty() || extend(it, NID_subject_alt_name, hosts)) &&
                    X509_sign(it, key_.get(), EVP_sha256()) > 0;
  if (!done) return fail("the certificate of {} cannot be made", name);
  return made;
}

Result<std::string> Issuer::issue(const CertificateRequest& request, seconds life) const {
  const auto made = sign(request.name, request.key.get(), life, "");
  if (!made) return tl::unexpected(made.error());
  return pv::pem_of([&](BIO* out) { return PEM_write_bio_X509(out, made->get()); });
}

Result<std::string> Issuer::revocation_list(const std::vector<std::string>& serials) const {
  const std::unique_ptr<X509_CRL, pv::Releases<X509_CRL_free>> list(X509_CRL_new());
  const AsnTime now(X509_gmtime_adj(nullptr, 0));
  bool made = list && now && X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1 &&
              X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get())) == 1 &&
              X509_CRL_set1_lastUpdate(list.get(), now.get()) == 1;
  for (const auto& serial : serials) made = made && add_revoked(list.get(), serial, now.get());
  made = made && X509_CRL_sort(list.get()) == 1 && X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) > 0;
  std::string pem = made ? pv::pem_of([&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); }) : "";
  if (pem.empty()) return fail("the list of revoked certificates cannot be made");
  return pem;
}

Result<Issuer::Server> Issuer::server(const std::vector<std::string>& hosts) const {
  std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  std::string names = "DNS:localhost";
  for (const auto& host : hosts) names += fmt::format(",{}:{}", is_address(host) ? "IP" : "DNS", host);
  const auto made = sign(hosts.front(), key.get(), kServerLife, names);
  if (!made) return tl::unexpected(made.error());
  return Server{*made, key};
}

}  // namespace aisle::cloud
