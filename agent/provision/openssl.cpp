#include "agent/provision/openssl.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "agent/base/sha256.hpp"

namespace aisle::provision {

BioPtr bio_of(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string pem_of(const std::function<int(BIO*)>& write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) return "";
  std::string text(BIO_ctrl_pending(bio.get()), '\0');
  const int size = BIO_read(bio.get(), text.data(), static_cast<int>(text.size()));
  return size == static_cast<int>(text.size()) ? text : "";
}

CertificatePtr certificate_of(std::string_view pem) {
  return CertificatePtr(PEM_read_bio_X509(bio_of(pem).get(), nullptr, nullptr, nullptr));
}

std::string common_name(const X509_NAME* name) {
  std::array<char, 128> text{};
  const int size = X509_NAME_get_text_by_NID(name, NID_commonName, text.data(), text.size());
  if (size <= 0) return "";
  std::string out(text.data(), static_cast<std::size_t>(size));
  return std::ranges::all_of(out, [](char c) { return c > ' ' && c < '\x7f'; }) ? out : "";
}

bool set_common_name(X509_NAME* name, std::string_view text) {
  const std::vector<unsigned char> bytes(text.begin(), text.end());
  return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, bytes.data(), static_cast<int>(bytes.size()),
                                    -1, 0) == 1;
}

std::string fingerprint_of(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return "";
  const auto digest = sha256(std::as_bytes(std::span(der, static_cast<std::size_t>(size))));
  OPENSSL_free(der);
  return to_hex(digest);
}

}  // namespace aisle::provision
