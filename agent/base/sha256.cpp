#include "agent/base/sha256.hpp"

#include <openssl/evp.h>

#include <cstdlib>
#include <span>

namespace aisle {
namespace {

Sha256 digest(const void* data, std::size_t size) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned length = 0;
  Sha256 out{};
  // Fails only where OpenSSL has no SHA-256 or no memory: nothing sensible can be done without it.
  if (EVP_Digest(data, size, raw.data(), &length, EVP_sha256(), nullptr) != 1 || length != out.size()) std::abort();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(raw[i]);
  return out;
}

}  // namespace

Sha256 sha256(ByteSpan bytes) {
  return digest(bytes.data(), bytes.size());
}

Sha256 sha256(std::string_view text) {
  return digest(text.data(), text.size());
}

}  // namespace aisle
