#include "config/names.hpp"

#include <gtest/gtest.h>

namespace aisle::config {
namespace {

TEST(Names, WordsOfTheSources) {
  EXPECT_EQ(to_string(SourceKind::bluez), "bluez");
  EXPECT_EQ(to_string(SourceKind::simulator), "simulator");
}

TEST(Names, NearestIsTheOneLikelyMeant) {
  const std::vector<std::string> names = {"enter_rssi", "exit_rssi", "id", "name"};
  EXPECT_EQ(nearest("enter_rsi", names), "enter_rssi");
  EXPECT_EQ(nearest("exit-rssi", names), "exit_rssi");
  EXPECT_EQ(nearest("nmae", names), "name");
  EXPECT_EQ(nearest("completely", names), "");
  EXPECT_EQ(nearest("x", names), "");
  EXPECT_EQ(nearest("enterrsi", names), "enter_rssi");
  EXPECT_EQ(nearest("enterrs", names), "");            // three apart
  EXPECT_EQ(nearest("mq3", {"mq1", "mq2", "m"}), "");  // several are as near
  EXPECT_EQ(nearest("mq11", {"mq1", "mq222"}), "mq1");
  EXPECT_EQ(nearest(std::string(100'000, 'e'), names), "");
}

TEST(Names, PrintableFitsOneLine) {
  EXPECT_EQ(printable("a\n\"b\"\\\x7F"), "a\\u000a\\\"b\\\"\\\\\\u007f");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("ab\xC3\xA9", 3), "ab...");
}

}  // namespace
}  // namespace aisle::config
