#include <gtest/gtest.h>

#include "tests/e2e/site.hpp"

namespace aisle::e2e {
namespace {

// The tokens and the EID of the contract, through the program.
TEST(CliDecode, ContractVectors) {
  const auto done = Site::ctl({"decode", "11074f324f10c2369418fedd9f8b53eb11bf", "11074f324f109eace05cf2e44cf357e0bb16",
                               "11074f324f1056112d417982f4c66e7235bd", "0303aafe0d16aafe30eea9b76a71c5f89290"});
  ASSERT_EQ(done.exit, 0) << done.err;
  const auto lines = parse_lines(done.out);
  ASSERT_EQ(lines.size(), 4U);
  const char* rpis[] = {"c2369418fedd9f8b53eb11bf", "9eace05cf2e44cf357e0bb16", "56112d417982f4c66e7235bd"};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(lines[i]["beacons"],
              json::parse(R"([{"kind":"aisle_token","version":16,"rpi":")" + std::string(rpis[i]) + R"("}])"));
    EXPECT_TRUE(lines[i]["error"].is_null());
    EXPECT_EQ(lines[i]["ad"][0]["type"], "0x07");
  }
  EXPECT_EQ(lines[3]["beacons"][0]["kind"], "eddystone_eid");
  EXPECT_EQ(lines[3]["beacons"][0]["eid"], "a9b76a71c5f89290");
}

TEST(CliDecode, EveryVectorOfOurData) {
  const auto vectors = json::parse(fakes::read_file(AISLE_TEST_DATA "/adverts/vectors.json"));
  std::vector<std::string> arguments = {"decode", "--"};
  std::vector<json> expected;
  for (const auto& vector : vectors) {
    if (vector["payload"] == "") continue;  // no argument can be empty and a payload
    arguments.push_back(vector["payload"]);
    expected.push_back(vector["expected"]);
  }
  ASSERT_GT(expected.size(), 10U);
  const auto done = Site::ctl(arguments);
  ASSERT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(parse_lines(done.out), expected);
}

TEST(CliDecode, MalformedIsAnAnswer) {
  const auto done = Site::ctl({"decode", "11074f324f10c2369418fedd9f8b53eb11bf1aff4c00"});
  EXPECT_EQ(done.exit, 0);
  const auto lines = parse_lines(done.out);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["beacons"].size(), 1U);  // what came before the fault
  EXPECT_EQ(lines[0]["error"]["offset"], 18);
  EXPECT_FALSE(lines[0]["error"]["reason"].get<std::string>().empty());
}

TEST(CliDecode, WhatIsNoHexIsWrongUsage) {
  for (const char* text : {"xyz0", "123", "0x0201"}) {
    const auto done = Site::ctl({"decode", text});
    EXPECT_EQ(done.exit, 2) << text;
    EXPECT_EQ(done.out, "");
    EXPECT_NE(done.err.find(text), std::string::npos) << done.err;
  }
}

TEST(CliUsage, WrongUsageSaysSoAndHelpHelps) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {"nonsense"},
                                                {"decode"},
                                                {"replay"},
                                                {"offers"},
                                                {"offers", "import"},
                                                {"status", "--nonsense"},
                                                {"cloud"},
                                                {"token", "make"},
                                                {"token", "make", "--key", "12"}}) {
    const auto done = Site::ctl(wrong);
    EXPECT_EQ(done.exit, 2) << (wrong.empty() ? "no verb" : wrong[0]);
    EXPECT_FALSE(done.err.empty());
  }
  for (const char* verb : {"config", "status", "decode", "token", "offers", "customers", "keys", "leases", "inventory",
                           "orders", "assets", "events", "outbox", "replay", "cloud", "version"}) {
    const auto done = Site::ctl({verb, "--help"});
    EXPECT_EQ(done.exit, 0) << verb;
    EXPECT_NE(done.out.find(verb), std::string::npos) << done.out;
  }
}

}  // namespace
}  // namespace aisle::e2e
