#include "agent/base/ed25519.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

// RFC 8032, 7.1, TEST 2.
constexpr const char* kSeed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr const char* kPublic = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr const char* kSignature =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

TEST(Ed25519, ReproducesThePublishedVector) {
  const auto seed = parse_ed25519_seed(kSeed);
  ASSERT_TRUE(seed);
  EXPECT_EQ(to_hex(ed25519_public(*seed)), kPublic);
  EXPECT_EQ(to_hex(ed25519_sign(*seed, "\x72")), kSignature);
}

TEST(Ed25519, ASignatureHoldsForItsTextAndKeyOnly) {
  const auto seed = *parse_ed25519_seed(kSeed);
  const auto key = ed25519_public(seed);
  auto signature = ed25519_sign(seed, "text");
  EXPECT_TRUE(ed25519_verify(key, "text", signature));
  EXPECT_FALSE(ed25519_verify(key, "texts", signature));
  EXPECT_FALSE(ed25519_verify(Ed25519Public{}, "text", signature));
  signature[3] ^= std::byte{1};
  EXPECT_FALSE(ed25519_verify(key, "text", signature));
}

TEST(Ed25519, AKeyIsTakenAsHexBase64AndPem) {
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\n"
      "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
      "-----END PUBLIC KEY-----\n";
  for (const std::string& text : {std::string(kPublic), std::string(kPublic) + "\n",
                                  std::string("PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="), pem}) {
    const auto key = parse_ed25519_public(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(to_hex(*key), kPublic);
  }
  for (const char* wrong : {"", "abc", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}) {
    EXPECT_FALSE(parse_ed25519_public(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace aisle
