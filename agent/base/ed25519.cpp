#include "agent/base/ed25519.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

namespace aisle {
namespace {

using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Digester = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;
using Raw = std::array<unsigned char, 32>;

Raw raw_of(const std::array<std::byte, 32>& bytes) {
  Raw raw{};
  std::ranges::transform(bytes, raw.begin(), [](std::byte byte) { return std::to_integer<unsigned char>(byte); });
  return raw;
}

template <std::size_t N>
std::array<std::byte, N> bytes_of(const std::array<unsigned char, N>& raw) {
  std::array<std::byte, N> bytes{};
  std::ranges::transform(raw, bytes.begin(), [](unsigned char byte) { return std::byte{byte}; });
  return bytes;
}

std::vector<unsigned char> unsigned_text(std::string_view text) {
  return {text.begin(), text.end()};
}

Key private_key(const Ed25519Seed& seed) {
  const Raw raw = raw_of(seed);
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size()), EVP_PKEY_free);
  // Any 32 bytes are a key: it fails only without memory or without Ed25519.
  if (!key) std::abort();
  return key;
}

// The 32 bytes of a key in PEM.
Result<std::array<std::byte, 32>> from_pem(std::string_view text, bool secret) {
  const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                   BIO_free);
  char no_passphrase[] = "";
  const Key key(secret ? PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, no_passphrase)
                       : PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, no_passphrase),
                EVP_PKEY_free);
  Raw raw{};
  std::size_t size = raw.size();
  const bool read = key && EVP_PKEY_id(key.get()) == EVP_PKEY_ED25519 &&
                    (secret ? EVP_PKEY_get_raw_private_key(key.get(), raw.data(), &size)
                            : EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size)) == 1;
  ERR_clear_error();
  if (!read) return fail("the PEM text holds no Ed25519 {} key", secret ? "private" : "public");
  return bytes_of(raw);
}

Result<std::array<std::byte, 32>> parse_key(std::string_view text, bool secret) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  text = first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  if (text.starts_with("-----BEGIN")) return from_pem(text, secret);
  if (text.size() == 64) {
    if (auto hex = from_hex_fixed<32>(text)) return *hex;
  }
  const auto decoded = from_base64(text);
  if (!decoded || decoded->size() != 32)
    return fail("an Ed25519 {} key as 64 hex digits, base64 of 32 bytes or PEM expected",
                secret ? "private" : "public");
  std::array<std::byte, 32> key{};
  std::ranges::copy(*decoded, key.begin());
  return key;
}

}  // namespace

Result<Ed25519Public> parse_ed25519_public(std::string_view text) {
  return parse_key(text, false);
}

Result<Ed25519Seed> parse_ed25519_seed(std::string_view text) {
  return parse_key(text, true);
}

Ed25519Public ed25519_public(const Ed25519Seed& seed) {
  Raw raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(private_key(seed).get(), raw.data(), &size) != 1) std::abort();
  return bytes_of(raw);
}

Ed25519Signature ed25519_sign(const Ed25519Seed& seed, std::string_view message) {
  const Key key = private_key(seed);
  const auto text = unsigned_text(message);
  const Digester digester(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<unsigned char, 64> raw{};
  std::size_t size = raw.size();
  if (EVP_DigestSignInit(digester.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(digester.get(), raw.data(), &size, text.data(), text.size()) != 1)
    std::abort();
  return bytes_of(raw);
}

bool ed25519_verify(const Ed25519Public& key, std::string_view message, const Ed25519Signature& signature) {
  const Raw raw = raw_of(key);
  const Key pinned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size()), EVP_PKEY_free);
  const Digester digester(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto text = unsigned_text(message);
  std::array<unsigned char, 64> given{};
  std::ranges::transform(signature, given.begin(), [](std::byte byte) { return std::to_integer<unsigned char>(byte); });
  const bool good = pinned && EVP_DigestVerifyInit(digester.get(), nullptr, nullptr, nullptr, pinned.get()) == 1 &&
                    EVP_DigestVerify(digester.get(), given.data(), given.size(), text.data(), text.size()) == 1;
  ERR_clear_error();  // else the next user of this thread finds our failure
  return good;
}

}  // namespace aisle
