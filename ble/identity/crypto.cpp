#include "ble/identity/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstdio>
#include <cstdlib>

namespace aisle::identity {
namespace {

void require(bool ok, const char* what) {
  if (ok) return;
  std::fputs("bug: OpenSSL failed in ", stderr);
  std::fputs(what, stderr);
  std::fputs("\n", stderr);
  std::abort();
}

const unsigned char* in(const std::byte* bytes) {
  return static_cast<const unsigned char*>(static_cast<const void*>(bytes));
}
unsigned char* out(std::byte* bytes) {
  return static_cast<unsigned char*>(static_cast<void*>(bytes));
}

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
};

}  // namespace

void Aes128::FreeContext::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

Aes128::Aes128() : context_(EVP_CIPHER_CTX_new()) {
  const std::unique_ptr<EVP_CIPHER, FreeCipher> cipher(EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr));
  require(context_ && cipher, "EVP_CIPHER_fetch");
  // The context keeps its own reference to the cipher.
  require(EVP_EncryptInit_ex2(context_.get(), cipher.get(), nullptr, nullptr, nullptr) == 1, "EVP_EncryptInit_ex2");
  require(EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1, "EVP_CIPHER_CTX_set_padding");
}

void Aes128::set_key(const Key128& key) {
  require(EVP_EncryptInit_ex2(context_.get(), nullptr, in(key.data()), nullptr, nullptr) == 1, "EVP_EncryptInit_ex2");
}

Block Aes128::encrypt(const Block& block) {
  Block result;
  int length = 0;
  require(EVP_EncryptUpdate(context_.get(), out(result.data()), &length, in(block.data()), 16) == 1 && length == 16,
          "EVP_EncryptUpdate");
  return result;
}

void Hkdf::FreeContext::operator()(evp_kdf_ctx_st* context) const {
  EVP_KDF_CTX_free(context);
}

Hkdf::Hkdf() {
  const std::unique_ptr<EVP_KDF, FreeKdf> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
  require(kdf != nullptr, "EVP_KDF_fetch");
  context_.reset(EVP_KDF_CTX_new(kdf.get()));
  require(context_ != nullptr, "EVP_KDF_CTX_new");
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  require(EVP_KDF_CTX_set_params(context_.get(), params) == 1, "EVP_KDF_CTX_set_params");
}

void Hkdf::derive(ByteSpan key_material, std::string_view info, std::span<std::byte> result) {
  // OSSL_PARAM wants pointers to mutable data but only reads them. A single info parameter replaces the last one.
  auto* key = const_cast<std::byte*>(key_material.data());
  auto* text = const_cast<char*>(info.data());
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key, key_material.size()),
                               OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, text, info.size()),
                               OSSL_PARAM_construct_end()};
  require(EVP_KDF_derive(context_.get(), out(result.data()), result.size(), params) == 1, "EVP_KDF_derive");
}

Digest256 hmac_sha256(ByteSpan key, ByteSpan data) {
  // A null key would mean "keep the last one" to OpenSSL.
  constexpr std::byte kNothing{};
  const std::byte* const key_data = key.empty() ? &kNothing : key.data();
  Digest256 digest;
  std::size_t length = 0;
  require(EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key_data, key.size(), in(data.data()), data.size(),
                    out(digest.data()), digest.size(), &length) != nullptr &&
              length == digest.size(),
          "EVP_Q_mac");
  return digest;
}

}  // namespace aisle::identity
