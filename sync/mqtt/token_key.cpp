// OpenSSL 3 has two ways for keys that live elsewhere: a provider, which Debian 12 has none for tokens of, and methods
// on a key, which it calls deprecated and every version up to 3.5 honours.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "sync/mqtt/token_key.hpp"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <memory>

namespace aisle::sync {
namespace {

int ec_slot() {
  static const int slot = EC_KEY_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}
int rsa_slot() {
  static const int slot = RSA_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

ECDSA_SIG* sign_ec_parts(const unsigned char* digest, int size, const BIGNUM* /*kinv*/, const BIGNUM* /*r*/,
                         EC_KEY* key) {
  auto& session = *static_cast<Pkcs11Session*>(EC_KEY_get_ex_data(key, ec_slot()));
  const Bytes both = session.sign(TokenMechanism::ecdsa, digest, static_cast<std::size_t>(size));
  if (both.empty() || both.size() % 2 != 0) return nullptr;
  const int half = static_cast<int>(both.size() / 2);
  ECDSA_SIG* signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(both.data(), half, nullptr), BN_bin2bn(both.data() + half, half, nullptr));
  return signature;
}

int sign_ec(int /*type*/, const unsigned char* digest, int size, unsigned char* out, unsigned* out_size,
            const BIGNUM* kinv, const BIGNUM* r, EC_KEY* key) {
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(sign_ec_parts(digest, size, kinv, r, key),
                                                                        ECDSA_SIG_free);
  const int written = signature ? i2d_ECDSA_SIG(signature.get(), &out) : 0;
  *out_size = static_cast<unsigned>(std::max(written, 0));
  return written > 0 ? 1 : 0;
}

// The length of the signature, or -1.
int sign_rsa(int size, const unsigned char* data, unsigned char* out, RSA* key, int padding) {
  if (padding != RSA_PKCS1_PADDING && padding != RSA_NO_PADDING) return -1;
  auto& session = *static_cast<Pkcs11Session*>(RSA_get_ex_data(key, rsa_slot()));
  const auto how = padding == RSA_PKCS1_PADDING ? TokenMechanism::rsa_pkcs1 : TokenMechanism::rsa_unpadded;
  const Bytes signature = session.sign(how, data, static_cast<std::size_t>(size));
  if (signature.empty() || signature.size() > static_cast<std::size_t>(RSA_size(key))) return -1;
  std::ranges::copy(signature, out);
  return static_cast<int>(signature.size());
}

EC_KEY_METHOD* ec_method() {
  static const std::unique_ptr<EC_KEY_METHOD, decltype(&EC_KEY_METHOD_free)> method(EC_KEY_METHOD_new(EC_KEY_OpenSSL()),
                                                                                    EC_KEY_METHOD_free);
  EC_KEY_METHOD_set_sign(method.get(), sign_ec, nullptr, sign_ec_parts);
  return method.get();
}

RSA_METHOD* rsa_method() {
  static const std::unique_ptr<RSA_METHOD, decltype(&RSA_meth_free)> method(RSA_meth_dup(RSA_PKCS1_OpenSSL()),
                                                                            RSA_meth_free);
  RSA_meth_set_priv_enc(method.get(), sign_rsa);
  return method.get();
}

bool assign_ec(EVP_PKEY* out, EVP_PKEY* public_half, Pkcs11Session& session) {
  const std::unique_ptr<EC_KEY, decltype(&EC_KEY_free)> shared(EVP_PKEY_get1_EC_KEY(public_half), EC_KEY_free);
  EC_KEY* key = shared ? EC_KEY_dup(shared.get()) : nullptr;
  if (key == nullptr) return false;
  EC_KEY_set_method(key, ec_method());
  EC_KEY_set_ex_data(key, ec_slot(), &session);
  return EVP_PKEY_assign_EC_KEY(out, key) == 1;
}

bool assign_rsa(EVP_PKEY* out, EVP_PKEY* public_half, Pkcs11Session& session) {
  const std::unique_ptr<RSA, decltype(&RSA_free)> shared(EVP_PKEY_get1_RSA(public_half), RSA_free);
  RSA* key = shared ? RSAPublicKey_dup(shared.get()) : nullptr;
  if (key == nullptr) return false;
  RSA_set_method(key, rsa_method());
  RSA_set_ex_data(key, rsa_slot(), &session);
  return EVP_PKEY_assign_RSA(out, key) == 1;
}

}  // namespace

evp_pkey_st* make_token_key(evp_pkey_st* public_half, Pkcs11Session& session) {
  EVP_PKEY* key = EVP_PKEY_new();
  const int kind = EVP_PKEY_get_base_id(public_half);
  const bool made = kind == EVP_PKEY_EC    ? assign_ec(key, public_half, session)
                    : kind == EVP_PKEY_RSA ? assign_rsa(key, public_half, session)
                                           : false;
  if (made) return key;
  EVP_PKEY_free(key);
  return nullptr;
}

bool signs(evp_pkey_st* key) {
  const std::array<unsigned char, 1> text{'x'};
  std::array<unsigned char, 1100> signature{};
  std::size_t size = signature.size();
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const Context signing(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const Context checking(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestSign(signing.get(), signature.data(), &size, text.data(), text.size()) == 1 &&
         EVP_DigestVerifyInit(checking.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(checking.get(), signature.data(), size, text.data(), text.size()) == 1;
}

}  // namespace aisle::sync
