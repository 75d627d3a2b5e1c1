#include <gtest/gtest.h>

#include "tests/e2e/site.hpp"
#include "tests/e2e/walk.hpp"

namespace aisle::e2e {
namespace {

TEST(CliDatasets, ImportReplacesAndListShows) {
  const Site site;
  site.configure({});
  site.write("customers.jsonl", walk_customers(3));
  EXPECT_EQ(site.import("customers", "customers.jsonl"), "");
  EXPECT_EQ(parse_lines(site.ctl_here({"customers", "list", "--json"}).out).size(), 3U);
  site.write("customers.jsonl", walk_customer(2));
  EXPECT_EQ(site.import("customers", "customers.jsonl"), "");
  const auto left = parse_lines(site.ctl_here({"customers", "list", "--json"}).out);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0]["id"], "c-2");
}

TEST(CliDatasets, AnArrayIsTakenToo) {
  const Site site;
  site.configure({});
  site.write(
      "offers.json",
      R"([{"id":"a","version":1,"content":{"en":{"title":"A","body":"a"}},"zones":["coffee"],"trigger":"enter","priority":1},
                               {"id":"b","version":1,"content":{"en":{"title":"B","body":"b"}},"zones":["coffee"],"trigger":"exit","priority":1}])");
  EXPECT_EQ(site.import("offers", "offers.json"), "");
  const auto table = site.ctl_here({"offers", "list"});
  EXPECT_EQ(table.exit, 0);
  EXPECT_NE(table.out.find("2 records"), std::string::npos) << table.out;
}

// What is wrong is named by id and field; the others are in force; the exit code says that something was wrong.
TEST(CliDatasets, BadRecordsAreRefusedOneByOne) {
  const Site site;
  site.configure({});
  site.write(
      "offers.jsonl",
      walk_offers() +
          R"({"id":"bad-trigger","version":1,"content":{"en":{"title":"T","body":"b"}},"zones":["coffee"],"trigger":"hover","priority":5})"
          "\n"
          R"({"id":"unknown-field","version":1,"content":{"en":{"title":"T","body":"b"}},"zones":["coffee"],"trigger":"enter","priority":5,"prioritty":1})"
          "\n");
  const auto done =
      site.ctl_here({"offers", "import", site.file("offers.jsonl"), "--config", site.file("aisle.toml"), "--json"});
  EXPECT_EQ(done.exit, 1);
  const auto answer = json::parse(done.out);
  EXPECT_EQ(answer["count"], 3);
  ASSERT_EQ(answer["refused_count"], 2);
  EXPECT_EQ(answer["refused"][0]["id"], "bad-trigger");
  EXPECT_EQ(answer["refused"][0]["field"], "trigger");
  EXPECT_EQ(answer["refused"][1]["id"], "unknown-field");
  EXPECT_EQ(answer["refused"][1]["field"], "prioritty");
  EXPECT_NE(done.err.find("bad-trigger"), std::string::npos) << done.err;
  EXPECT_EQ(parse_lines(site.ctl_here({"offers", "list", "--json"}).out).size(), 3U);
}

TEST(CliDatasets, HostileRecordsAreNamedLegibly) {
  const Site site;
  site.configure({});
  site.write("offers.jsonl", walk_offers() +
                                 R"({"id":"n\u0000ul\u001b[2J","version":1})"
                                 "\n"
                                 R"({"id":"huge","version":1e999})"
                                 "\n"
                                 R"({"id":")" +
                                 std::string(100'000, 'x') +
                                 R"("})"
                                 "\n");
  const auto done =
      site.ctl_here({"offers", "import", site.file("offers.jsonl"), "--config", site.file("aisle.toml"), "--json"});
  EXPECT_EQ(done.exit, 1);
  EXPECT_EQ(json::parse(done.out)["count"], 3);
  EXPECT_NE(done.err.find("record n\\x00ul\\x1b[2J: id: "), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("record huge: version: "), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("xxx...: id: "), std::string::npos);
  EXPECT_LT(done.err.size(), 2000U);
}

TEST(CliDatasets, AFileThatIsNoJsonChangesNothing) {
  const Site site;
  site.configure({});
  site.write("good.jsonl", walk_offers());
  ASSERT_EQ(site.import("offers", "good.jsonl"), "");
  site.write("bad.jsonl", "\n<html>\n</html>\n");
  const auto done = site.ctl_here({"offers", "import", site.file("bad.jsonl"), "--config", site.file("aisle.toml")});
  EXPECT_EQ(done.exit, 1);
  EXPECT_NE(done.err.find("bad.jsonl"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("2"), std::string::npos) << done.err;  // the line
  EXPECT_EQ(parse_lines(site.ctl_here({"offers", "list", "--json"}).out).size(), 3U);
}

TEST(CliDatasets, WhatIsWrongInAFileIsToldByItsPlaceAndStopsNoOther) {
  const Site site;
  site.configure({});
  const std::string good = walk_offers();
  const std::string first = good.substr(0, good.find('\n') + 1);
  site.write("offers.jsonl", good + "{broken\n[1]\n" + first + "{\"id\":\"n\",\"id\":\"m\"}\n");
  const auto done =
      site.ctl_here({"offers", "import", site.file("offers.jsonl"), "--config", site.file("aisle.toml"), "--json"});
  EXPECT_EQ(done.exit, 1);
  const auto answer = json::parse(done.out);
  EXPECT_EQ(answer["count"], 3);
  EXPECT_EQ(answer["refused_count"], 4);
  std::vector<std::string> places;
  for (const auto& error : answer["refused"]) places.push_back(error["field"]);
  EXPECT_EQ(places, (std::vector<std::string>{"line 4", "line 5", "line 7", "id"}));
  EXPECT_EQ(answer["refused"][3]["why"], "already in this file, line 1 (line 6)");
  EXPECT_NE(done.err.find("line 4: not JSON"), std::string::npos) << done.err;
}

TEST(CliDatasets, KeysAreListedWithoutTheirSecret) {
  const Site site;
  site.configure({});
  site.write("keys.jsonl", walk_keys());
  ASSERT_EQ(site.import("keys", "keys.jsonl"), "");
  const auto done = site.ctl_here({"keys", "list", "--json"});
  EXPECT_EQ(json::parse(done.out), json({{"day", 20518}, {"ordinal", 999999}}));
  EXPECT_EQ(done.out.find("00112233"), std::string::npos);
}

TEST(CliDatasets, StaticIdentifiersNeedTheConfigurationsLeave) {
  const Site site;
  site.configure({});
  std::string text = fakes::read_file(site.file("aisle.toml"));
  text.replace(text.find("allow_static = true"), 19, "allow_static = false");
  site.write("aisle.toml", text);
  site.write("customers.jsonl", walk_customers(1));
  const auto done = site.ctl_here(
      {"customers", "import", site.file("customers.jsonl"), "--config", site.file("aisle.toml"), "--json"});
  EXPECT_EQ(done.exit, 1);
  EXPECT_EQ(json::parse(done.out)["refused"][0]["field"], "static");
}

TEST(CliDatasets, WithoutADatabaseListSaysWhereItLooked) {
  const Site site;
  const auto done = site.ctl_here({"offers", "list"});
  EXPECT_EQ(done.exit, 1);
  EXPECT_NE(done.err.find(site.state_dir()), std::string::npos) << done.err;
}

}  // namespace
}  // namespace aisle::e2e
