#include "agent/seal/box.hpp"

#include <gtest/gtest.h>

namespace aisle::seal {
namespace {

TEST(Box, IsOpenedByItsGatewayAlone) {
  const BoxKeys ours(random_key());
  const Bytes plain(100, std::byte{9});
  auto box = seal_for(ours.public_key(), plain);
  ASSERT_TRUE(box);
  EXPECT_EQ(box->size(), plain.size() + kBoxBytes);
  EXPECT_EQ(ours.open(*box).value(), plain);
  EXPECT_FALSE(BoxKeys(random_key()).open(*box));
  box->at(60) ^= std::byte{1};
  EXPECT_FALSE(ours.open(*box));
  EXPECT_FALSE(ours.open(ByteSpan(*box).first(kBoxBytes - 1)));
  EXPECT_FALSE(ours.open({}));
}

// crypto_box_seed_keypair of 32 zeros, as any binding of libsodium gives it.
TEST(Box, TheSameSeedIsTheSamePair) {
  EXPECT_EQ(to_hex(BoxKeys(Key256{}).public_key()), "5bf55c73b82ebe22be80f3430667af570fae2556a6415e6b30d4065300aa947d");
  EXPECT_NE(BoxKeys(random_key()).public_key(), BoxKeys(random_key()).public_key());
}

TEST(Box, APointOfSmallOrderIsNoKey) {
  EXPECT_FALSE(seal_for(BoxPublic{}, Bytes(3)));
}

}  // namespace
}  // namespace aisle::seal
