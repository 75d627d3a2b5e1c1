#include "agent/app/scrub.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle::app {
namespace {

TEST(Scrub, AddressesTokensAndKeysAreRemoved) {
  for (const char* secret : {"c0:00:00:00:01:2A", "C0-00-00-00-01-2a", "dev_C0_00_00_00_01_2A", "c0000000012a",
                             "c2369418fedd9f8b53eb11bf",  // a token
                             "75c734c6dd1a782de7a965da5eb93125"}) {
    const std::string text = std::string("before ") + secret + ", after";
    const std::string left = scrub(text, {});
    EXPECT_EQ(left.find("012"), std::string::npos) << left;
    EXPECT_EQ(left.find(std::string(secret).substr(secret[0] == 'd' ? 4 : 0)), std::string::npos) << left;
    EXPECT_NE(left.find(kRemoved), std::string::npos) << left;
    EXPECT_NE(left.find(", after"), std::string::npos) << left;
  }
}

TEST(Scrub, WhatATechnicianReadsStays) {
  const std::string text =
      R"({"epoch":"abcdefgh12345678","time":"2026-03-06T15:00:00.000Z","bytes":1234567890,"visit":"0123456789abcdef"})";
  EXPECT_EQ(scrub(text, {}), text);
}

TEST(Scrub, KnownSecretsAreRemovedWherever) {
  EXPECT_EQ(scrub("a hunter2b hunter2", {"hunter2", ""}), "a [removed]b [removed]");
}

TEST(Scrub, AShortNumberIsASecretOnlyWhereItStandsAlone) {
  EXPECT_EQ(scrub("pin 1234, bytes 12345, 1234", {"1234"}), "pin [removed], bytes 12345, [removed]");
}

TEST(Scrub, ALongerSecretGoesBeforeItsPart) {
  EXPECT_EQ(scrub("correct-horse", {"horse", "correct-horse"}), "[removed]");
}

TEST(Scrub, WhatANameCallsSecretIsRemoved) {
  EXPECT_EQ(scrub(R"({"password": "a b", "x": 1})", {}), R"({"password": "[removed]", "x": 1})");
  EXPECT_EQ(scrub("AISLE_SYNC__PASSWORD=abc next", {}), "AISLE_SYNC__PASSWORD=[removed] next");
  EXPECT_EQ(scrub("pkcs11:token=aisle;object=g?pin-value=77", {}),
            "pkcs11:token=[removed];object=g?pin-value=[removed]");
  EXPECT_EQ(scrub("tokens = [\"abc\"]", {}), "tokens = [\"[removed]\"]");
  EXPECT_EQ(scrub("the password: hunter", {"hunter"}), "the password: [removed]");
  for (const char* harmless : {R"("password_file": "/etc/aisle/password")", R"("aisle_token":5,"tokens_ready":7)",
                               "aislectl token make", "secret:\nnext"})
    EXPECT_EQ(scrub(harmless, {}), harmless);
}

TEST(Scrub, AUrlKeepsItsHostAndPath) {
  EXPECT_EQ(scrub("GET https://joe:pw@h.example/claim?code=1,2&x=3 failed", {}),
            "GET https://[removed]@h.example/claim?[removed] failed");
  EXPECT_EQ(scrub("what? https://h.example/", {}), "what? https://h.example/");
}

TEST(Scrub, ARefusedRecordIsNotNamed) {
  EXPECT_EQ(scrub(R"(warning: customers record "c-81f2" was refused: consent: expected)", {}),
            R"(warning: customers record "[removed]" was refused: consent: expected)");
}

}  // namespace
}  // namespace aisle::app
