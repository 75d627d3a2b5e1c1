#include "agent/seal/aead.hpp"

#include <gtest/gtest.h>

#include "agent/seal/block_cipher.hpp"

namespace aisle::seal {
namespace {

ByteSpan bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Aead, OpensOnlyWhatWasSealedAboutTheSameUnderTheSameKey) {
  const Key256 key = random_key();
  Bytes sealed(5 + kSealBytes);
  seal(key, bytes("hello"), bytes("day 1"), sealed);
  Bytes out(5);
  ASSERT_TRUE(open(key, sealed, bytes("day 1"), out));
  EXPECT_EQ(to_hex(out), to_hex(bytes("hello")));
  EXPECT_FALSE(open(key, sealed, bytes("day 2"), out));
  EXPECT_FALSE(open(random_key(), sealed, bytes("day 1"), out));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes altered = sealed;
    altered[i] ^= std::byte{1};
    EXPECT_FALSE(open(key, altered, bytes("day 1"), out)) << "byte " << i;
  }
  EXPECT_FALSE(open(key, ByteSpan(sealed).first(kSealBytes - 1), {}, out)) << "too short";
}

TEST(Aead, DerivedKeysDiffer) {
  const Key256 key = random_key();
  EXPECT_EQ(derive(key, 1), derive(key, 1));
  EXPECT_NE(derive(key, 1), derive(key, 2));
  EXPECT_NE(derive(key, 1), derive(random_key(), 1));
  EXPECT_NE(derive(key, 1), key);
}

// FIPS 197, C.3.
TEST(BlockCipher, IsAes256) {
  Key256 key{};
  for (std::size_t i = 0; i < key.size(); ++i) key.at(i) = static_cast<std::byte>(i);
  BlockCipher cipher(key);
  const auto plain = from_hex_fixed<16>("00112233445566778899aabbccddeeff").value();
  const auto wrapped = cipher.encrypt(plain);
  EXPECT_EQ(to_hex(wrapped), "8ea2b7ca516745bfeafc49904b496089");
  EXPECT_EQ(cipher.decrypt(wrapped), plain);
}

}  // namespace
}  // namespace aisle::seal
