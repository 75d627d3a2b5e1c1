#include <gtest/gtest.h>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

using testing::read_all_text;

constexpr const char* kGood =
    R"({"t":1740000000.123456,"rx":"g2","addr":"C1:02:03:04:05:06","addr_type":"random","rssi":-61,"data":"020106"})";

// The good line with one member replaced.
std::string with(const std::string& from, const std::string& to) {
  std::string line = kGood;
  return line.replace(line.find(from), from.size(), to);
}

TEST(Jsonl, AdvertAndState) {
  const auto all = read_all_text(std::string(kGood) + "\n\r\n" + R"({"t":1740000001,"rx":"g2","state":"down"})" + "\n" +
                                 R"({"t":1740000002,"rx":"","state":"up"})");
  ASSERT_EQ(all.adverts.size(), 1U);
  EXPECT_EQ(all.adverts[0].receiver.view(), "g2");
  EXPECT_EQ(all.adverts[0].at.wall.time_since_epoch().count(), 1'740'000'000'123'456);
  EXPECT_EQ(all.adverts[0].address.bytes[0], 0xC1);
  EXPECT_EQ(all.adverts[0].rssi.value, -61);
  EXPECT_EQ(to_hex(all.adverts[0].payload.view()), "020106");
  ASSERT_EQ(all.states.size(), 2U);
  EXPECT_FALSE(all.states[0].up);
  EXPECT_EQ(all.states[0].receiver.view(), "g2");
  EXPECT_TRUE(all.states[1].up);
  EXPECT_TRUE(all.states[1].receiver.empty());
  EXPECT_EQ(all.stats.records, 3U);
  EXPECT_EQ(all.stats.skipped, 0U);
}

TEST(Jsonl, BadLinesAreCountedAndSkipped) {
  const std::vector<std::string> bad = {
      "not json",
      "[1,2]",
      "null",
      "{}",
      "{\"t\":1e999}",
      with("1740000000.123456", "\"now\""),
      with("1740000000.123456", "-1"),
      with("1740000000.123456", "4102444801"),
      with("1740000000.123456", "18446744073709551615"),
      with("\"g2\"", "7"),
      with("\"g2\"", "\"G 2\""),
      with("C1:02:03:04:05:06", "C1:02:03:04:05"),
      with("C1:02:03:04:05:06", "C1-02-03-04-05-06"),
      with("C1:02:03:04:05:06", "G1:02:03:04:05:06"),
      with("\"random\"", "\"other\""),
      with("\"random\"", "1"),
      with("-61", "-61.0"),
      with("-61", "128"),
      with("-61", "-128"),
      with("-61", "-99999999999999999999999"),
      with("-61", "18446744073709551615"),
      with("-61", "null"),
      with("020106", "02010"),
      with("020106", "0201zz"),
      with("\"020106\"", "5"),
      with("020106", std::string(2 * 1651, 'a')),
      with("020106", std::string(200'000, 'a')),
      with(",\"data\":\"020106\"", ""),
      R"({"t":1740000000,"rx":"g2","state":"sideways"})",
      std::string(10'000, '['),
      "\xff\xfe{\"t\":\"\x80\"}",
  };
  for (const std::string& line : bad) {
    const auto all = read_all_text(std::string(kGood) + "\n" + line + "\n" + kGood + "\n");
    EXPECT_EQ(all.adverts.size(), 2U) << line.substr(0, 100);
    EXPECT_EQ(all.stats.skipped, 1U) << line.substr(0, 100);
    EXPECT_EQ(all.stats.records, 3U);
    EXPECT_EQ(all.stats.first_problem.substr(0, 8), "line 2: ") << line.substr(0, 100);
    EXPECT_EQ(all.error, "");
  }
}

TEST(Jsonl, LimitsThemselvesAreGood) {
  for (const std::string& line :
       {with("1740000000.123456", "0"), with("1740000000.123456", "4102444800"), with("-61", "127"),
        with("-61", "-127"), with("020106", std::string(2 * 1650, 'a')), with("020106", ""), with("\"rx\":\"g2\",", ""),
        with("\"rx\"", "\"more\":{\"a\":[1]},\"rx\"")}) {
    const auto all = read_all_text(line);
    EXPECT_EQ(all.adverts.size(), 1U) << line.substr(0, 100) << all.stats.first_problem;
  }
}

TEST(Jsonl, TimeNeverGoesBack) {
  const auto all = read_all_text(std::string(kGood) + "\n" + with("1740000000.123456", "1739999999") + "\n");
  ASSERT_EQ(all.adverts.size(), 2U);
  EXPECT_EQ(all.adverts[1].at.wall, all.adverts[0].at.wall);
  EXPECT_EQ(all.stats.out_of_order, 1U);
}

TEST(Jsonl, CutShort) {
  const auto all = read_all_text(std::string(kGood) + "\n" + std::string(kGood).substr(0, 40));
  EXPECT_EQ(all.adverts.size(), 1U);
  EXPECT_TRUE(all.stats.truncated);
  EXPECT_EQ(all.stats.skipped, 1U);
  EXPECT_EQ(all.error, "line 2: the file ends inside it");
}

}  // namespace
}  // namespace aisle::recording
