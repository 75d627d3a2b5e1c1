#include "agent/base/hex.hpp"

#include <gtest/gtest.h>

namespace aisle {
namespace {

Bytes bytes(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

TEST(Hex, RoundTripsEveryByte) {
  Bytes all;
  for (unsigned i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(from_hex(to_hex(all)).value(), all);
  EXPECT_EQ(to_hex(from_hex("00FFab").value()), "00ffab");
  EXPECT_EQ(from_hex("").value(), Bytes{});
}

TEST(Hex, NamesThePlaceOfTheFault) {
  EXPECT_NE(from_hex("00g0").error().message().find('3'), std::string::npos);
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex(" 00"));
  EXPECT_FALSE(from_hex_fixed<16>("00"));
  EXPECT_NE(from_hex_fixed<16>("00").error().message().find("32"), std::string::npos);
}

TEST(Uuid, RoundTripsAndIsStrict) {
  const auto uuid = parse_uuid("01020304-0506-0708-090A-0b0c0d0e0f10");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(to_hex(*uuid), "0102030405060708090a0b0c0d0e0f10");
  EXPECT_EQ(uuid_text(*uuid), "01020304-0506-0708-090a-0b0c0d0e0f10");
  for (const char* text : {"", "0102030405060708090a0b0c0d0e0f10", "01020304-0506-0708-090a-0b0c0d0e0f1",
                           "01020304-0506-0708-090a-0b0c0d0e0f1g", "0102030-40506-0708-090a-0b0c0d0e0f10",
                           "{1020304-0506-0708-090a-0b0c0d0e0f1}"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
}

// RFC 4648, section 10.
TEST(Base64, VectorsOfTheRfc) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& vector : vectors) {
    EXPECT_EQ(to_base64(bytes(vector.first)), vector.second);
    EXPECT_EQ(from_base64(vector.second).value(), bytes(vector.first));
  }
}

TEST(Base64, WhatIsNoneIsRefused) {
  for (const char* text : {"Z", "Zg=", "Zg", "Zm9v!A==", "=Zg=", "====", "Z===", "Zg==Zg==", "Zm 9v"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace aisle
