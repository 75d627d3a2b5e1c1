// AES-256 of single blocks: for 16 bytes that are never the same twice, where there is no room for a nonce.
#pragma once

#include <memory>

#include "agent/seal/aead.hpp"

namespace aisle::seal {

// One thread at a time.
class BlockCipher {
 public:
  explicit BlockCipher(const Key256& key);
  BlockCipher(BlockCipher&&) noexcept;
  BlockCipher& operator=(BlockCipher&&) noexcept;
  ~BlockCipher();
  [[nodiscard]] Key128 encrypt(const Key128& block);
  [[nodiscard]] Key128 decrypt(const Key128& block);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aisle::seal
