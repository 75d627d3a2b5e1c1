// The T1 token and check-in against the contract's vectors, and the same code against Exposure Notification's.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/base/sha256.hpp"
#include "ble/identity/token.hpp"

namespace aisle::identity {
namespace {

constexpr const char* kDayKey = "75c734c6dd1a782de7a965da5eb93125";

Key128 key(std::string_view hex) {
  return from_hex_fixed<16>(hex).value();
}

TEST(Token, RpikOfTheContract) {
  EXPECT_EQ(to_hex(derive_rpik(key(kDayKey))), "9ead4812fa7dacc2cce0a4394e39e00d");
}

TEST(Token, RpisOfTheContract) {
  const Key128 rpik = derive_rpik(key(kDayKey));
  const struct {
    std::uint32_t interval;
    const char *rpi, *ad, *uuid;
  } vectors[] = {
      {2642976, "c2369418fedd9f8b53eb11bfca82ad97", "11074f324f10c2369418fedd9f8b53eb11bf",
       "bf11eb53-8b9f-ddfe-1894-36c2104f324f"},
      {2642977, "9eace05cf2e44cf357e0bb1622e2ee64", "11074f324f109eace05cf2e44cf357e0bb16",
       "16bbe057-f34c-e4f2-5ce0-ac9e104f324f"},
      {2643119, "56112d417982f4c66e7235bd64a23603", "11074f324f1056112d417982f4c66e7235bd",
       "bd35726e-c6f4-8279-412d-1156104f324f"},
  };
  for (const auto& v : vectors) {
    const Rpi rpi = derive_rpi(rpik, v.interval);
    EXPECT_EQ(to_hex(rpi), v.rpi);
    EXPECT_EQ(token_ad_hex(rpi), v.ad);
    EXPECT_EQ(token_uuid(rpi), v.uuid);
  }
}

TEST(Token, CheckinProofOfTheContract) {
  const Key128 nonce = key("000102030405060708090a0b0c0d0e0f");
  const Rpi rpi = derive_rpi(derive_rpik(key(kDayKey)), 2642976);
  const auto proof = checkin_proof(key(kDayKey), nonce, "g1", OnAirRpi(rpi.data(), 12));
  EXPECT_EQ(to_hex(proof), "b14b8d7bef0a13f253a5fc239665d851");
  auto other = proof;
  EXPECT_TRUE(proofs_equal(proof, other));
  other[15] ^= std::byte{1};
  EXPECT_FALSE(proofs_equal(proof, other));
  EXPECT_FALSE(proofs_equal(proof, checkin_proof(key(kDayKey), nonce, "g2", OnAirRpi(rpi.data(), 12))));
}

void expect_gaen(const std::string& file, std::size_t at_least) {
  std::ifstream in(file);
  const auto doc = nlohmann::json::parse(in, nullptr, false);
  ASSERT_FALSE(doc.is_discarded()) << file;
  const Key128 rpik = derive_rpik(key(doc["tek"].get<std::string>()), "EN-RPIK");
  EXPECT_EQ(to_hex(rpik), doc["rpik"].get<std::string>());
  for (const auto& v : doc["vectors"]) {
    EXPECT_EQ(to_hex(derive_rpi(rpik, v["interval"].get<std::uint32_t>(), "EN-RPI")), v["rpi"].get<std::string>());
  }
  EXPECT_GE(doc["vectors"].size(), at_least);
}

TEST(Token, ExposureNotificationVectors) {
  expect_gaen(AISLE_TEST_DATA "/vectors/gaen.json", 6);
  if (const char* shared = std::getenv("AISLE_SHARED_DATA")) {
    expect_gaen(std::string(shared) + "/vectors/gaen.json", 144);
  }
}

TEST(Token, LongLabelIsCutNotOverrun) {
  const Key128 rpik = derive_rpik(key(kDayKey));
  EXPECT_EQ(derive_rpi(rpik, 1, "AISLE1-and-more-than-a-block"), derive_rpi(rpik, 1));
}

TEST(Crypto, ReusedContextsGiveTheSame) {
  Aes128 aes;
  Hkdf hkdf;
  const Key128 a = key("000102030405060708090a0b0c0d0e0f");
  for (std::uint32_t i = 0; i < 5; ++i) {
    for (const Key128& dk : {key(kDayKey), a}) {
      EXPECT_EQ(derive_rpik(hkdf, dk), derive_rpik(dk));
      EXPECT_EQ(derive_rpi(aes, dk, i), derive_rpi(dk, i));
    }
  }
}

TEST(Crypto, PublishedDigests) {
  // FIPS 180-2 "abc"; RFC 4231 test case 2.
  const Bytes abc = {std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
  EXPECT_EQ(to_hex(sha256(abc)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const Bytes jefe = from_hex("4a656665").value();
  const Bytes what = from_hex("7768617420646f2079612077616e7420666f72206e6f7468696e673f").value();
  EXPECT_EQ(to_hex(hmac_sha256(jefe, what)), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_NE(to_hex(hmac_sha256({}, what)), to_hex(hmac_sha256(jefe, what)));
}

}  // namespace
}  // namespace aisle::identity
