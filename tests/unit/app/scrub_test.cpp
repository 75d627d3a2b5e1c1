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

}  // namespace
}  // namespace aisle::app
