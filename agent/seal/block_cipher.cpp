#include "agent/seal/block_cipher.hpp"

#include <openssl/evp.h>

#include <cstdlib>

#include "agent/seal/sodium.hpp"

namespace aisle::seal {

struct BlockCipher::Impl {
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

  // Fails only where OpenSSL has no AES or no memory: nothing sensible can be done without it.
  static Context begin(const Key256& key, int encrypting) {
    Context context(EVP_CIPHER_CTX_new());
    if (!context ||
        EVP_CipherInit_ex(context.get(), EVP_aes_256_ecb(), nullptr, bytes_of(ByteSpan(key)), nullptr, encrypting) !=
            1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1)
      std::abort();
    return context;
  }
  static Key128 run(EVP_CIPHER_CTX* context, const Key128& block) {
    Key128 out{};
    int size = 0;
    if (EVP_CipherUpdate(context, room_of(std::span(out)), &size, bytes_of(ByteSpan(block)), 16) != 1 || size != 16)
      std::abort();
    return out;
  }

  explicit Impl(const Key256& key) : encrypting(begin(key, 1)), decrypting(begin(key, 0)) {}
  Context encrypting, decrypting;
};

BlockCipher::BlockCipher(const Key256& key) : impl_(std::make_unique<Impl>(key)) {}
BlockCipher::BlockCipher(BlockCipher&&) noexcept = default;
BlockCipher& BlockCipher::operator=(BlockCipher&&) noexcept = default;
BlockCipher::~BlockCipher() = default;

Key128 BlockCipher::encrypt(const Key128& block) {
  return Impl::run(impl_->encrypting.get(), block);
}

Key128 BlockCipher::decrypt(const Key128& block) {
  return Impl::run(impl_->decrypting.get(), block);
}

}  // namespace aisle::seal
