#include <gtest/gtest.h>

#include <algorithm>

#include "agent/base/hex.hpp"
#include "agent/base/sha256.hpp"
#include "tests/e2e/site.hpp"
#include "tests/e2e/walk.hpp"

namespace aisle::e2e {
namespace {

// A site whose walkers are known: two who consent, a third who does not.
class CliReplay : public testing::Test {
 protected:
  void SetUp() override {
    site_.configure({});
    site_.write("customers.jsonl", walk_customer(1) + walk_customer(2) + walk_customer(3, false));
    site_.write("offers.jsonl", walk_offers());
    site_.write("walk.jsonl", walk_recording({3, 4, 60, 2}));
    ASSERT_EQ(site_.import("customers", "customers.jsonl"), "");
    ASSERT_EQ(site_.import("offers", "offers.jsonl"), "");
  }
  fakes::Finished replay(const std::string& recording, const std::string& stats = "stats.json") {
    return site_.ctl_here(
        {"replay", site_.file(recording), "--config", site_.file("aisle.toml"), "--stats", site_.file(stats)});
  }
  json stats(const std::string& name = "stats.json") const {
    return json::parse(fakes::read_file(site_.file(name)), nullptr, false);
  }
  static void expect_adds_up(const json& stats) {
    std::uint64_t kinds = 0;
    for (const auto& kind : stats["by_kind"]) kinds += kind.get<std::uint64_t>();
    const auto number = [&](const char* name) { return stats[name].get<std::uint64_t>(); };
    EXPECT_EQ(number("adverts"), kinds + number("unknown") + number("malformed")) << stats;
    EXPECT_EQ(number("adverts"), number("resolved") + number("refused") + number("unresolved")) << stats;
  }

  Site site_;
};

std::string digest(const std::string& text) {
  return to_hex(sha256(std::as_bytes(std::span(text))));
}

std::size_t count(const std::vector<json>& events, const std::string& type) {
  return static_cast<std::size_t>(std::ranges::count_if(events, [&](const json& e) { return short_type(e) == type; }));
}

TEST_F(CliReplay, TheSameBytesTwiceAndTheStateIsUntouched) {
  const std::string before = digest(fakes::read_file(site_.state_dir() + "/aisle.db"));
  const auto first = replay("walk.jsonl");
  const auto second = replay("walk.jsonl");
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_GT(first.out.size(), 1000U);
  EXPECT_EQ(first.out, second.out);
  EXPECT_EQ(digest(fakes::read_file(site_.state_dir() + "/aisle.db")), before);
}

TEST_F(CliReplay, TheEventsTellTheWalk) {
  const auto done = replay("walk.jsonl");
  const auto events = parse_lines(done.out);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(short_type(events[0]), "epoch.started");
  std::uint64_t sequence = 0;
  for (const auto& event : events) {
    EXPECT_EQ(std::stoull(event["sequence"].get<std::string>()), ++sequence);
    EXPECT_EQ(event["recordedtime"].get<std::string>().size(), 24U);
    EXPECT_NE(event["data"].value("customer_id", ""), "c-3") << "without consent";
  }
  EXPECT_EQ(count(events, "visit.started"), 2U);
  EXPECT_EQ(count(events, "visit.ended"), 2U);
  EXPECT_EQ(count(events, "zone.entered"), 8U);  // 2 customers of 4 stays
  EXPECT_EQ(count(events, "zone.exited"), 8U);
  EXPECT_GE(count(events, "offer.decided"), 4U);
  for (const auto& event : events) {
    if (short_type(event) != "offer.decided") continue;
    EXPECT_FALSE(event["data"].contains("latency_us")) << "a replay has no latency";
  }
}

TEST_F(CliReplay, TheAccountOfAdvertsAddsUp) {
  ASSERT_EQ(replay("walk.jsonl").exit, 0);
  const auto found = stats();
  EXPECT_EQ(found["adverts"], 3 * 3 * 120);
  EXPECT_EQ(found["by_kind"]["ibeacon"], 3 * 3 * 120);
  EXPECT_EQ(found["resolved"], 2 * 3 * 120);
  expect_adds_up(found);
}

TEST_F(CliReplay, AReceiverThatIsDownMakesItsZoneUnknown) {
  std::string lines;
  for (int s = 0; s < 60; s += 2) lines += advert_line(kWalkStart + s, "g2", 1, -50);
  lines += R"({"t":1772809261,"rx":"g2","state":"down"})"
           "\n"
           R"({"t":1772809321,"rx":"g2","state":"up"})"
           "\n";
  site_.write("down.jsonl", lines);
  const auto done = replay("down.jsonl");
  ASSERT_EQ(done.exit, 0) << done.err;
  std::vector<std::string> states;
  std::string end;
  for (const auto& event : parse_lines(done.out)) {
    if (short_type(event) == "coverage.changed")
      states.push_back(event["data"]["zone_id"].get<std::string>() + " " + event["data"]["state"].get<std::string>());
    if (short_type(event) == "visit.ended") end = event["data"]["reason"];
  }
  ASSERT_GE(states.size(), 2U) << done.out;
  EXPECT_EQ(states.back(), "coffee up");
  EXPECT_NE(states.front(), "coffee up");
  EXPECT_FALSE(end.empty());
}

TEST_F(CliReplay, ABrokenRecordingIsAClearError) {
  site_.write("noise.bin", std::string(300, '\x7f') + std::string(20, '\0'));
  const auto noise = replay("noise.bin");
  EXPECT_EQ(noise.exit, 1);
  EXPECT_NE(noise.err.find("noise.bin"), std::string::npos) << noise.err;
  EXPECT_EQ(replay("not-there.jsonl").exit, 1);

  // Cut in the middle of a line: what came before counts, and the exit code tells.
  const std::string whole = fakes::read_file(site_.file("walk.jsonl"));
  site_.write("cut.jsonl", whole.substr(0, whole.size() - 40));
  const auto cut = replay("cut.jsonl");
  EXPECT_EQ(cut.exit, 1);
  EXPECT_NE(cut.err.find("line 1080"), std::string::npos) << cut.err;
  EXPECT_GT(parse_lines(cut.out).size(), 10U);
  EXPECT_EQ(stats()["recording"]["truncated"], true);
}

TEST_F(CliReplay, HostileLinesArePassedOverAndCounted) {
  const std::string whole = fakes::read_file(site_.file("walk.jsonl"));
  const std::vector<std::string> hostile = {
      "[1,2,3]",
      "{",
      "null",
      R"({"t":"now"})",
      R"({"t":1e999,"rx":"g1"})",
      R"({"t":-5,"rx":"g1","state":"up"})",
      R"({"t":1772809200,"rx":"../../etc","state":"up"})",
      R"({"t":1772809200,"rx":"g1","state":"sideways"})",
      R"({"t":1772809200,"addr":"zz:00:00:00:00:01","addr_type":"random","rssi":-50,"data":"00"})",
      R"({"t":1772809200,"addr":"c0:00:00:00:00:01","addr_type":"random","rssi":-500,"data":"00"})",
      R"({"t":1772809200,"addr":"c0:00:00:00:00:01","addr_type":"random","rssi":-50,"data":"0"})",
      std::string(100'000, '['),
      std::string(50'000, 'x'),
      "\xff\xfe\x00"};
  const std::size_t middle = whole.find('\n', whole.size() / 2) + 1;
  std::string text = whole.substr(0, middle);
  for (const auto& line : hostile) text += line + "\n";
  site_.write("hostile.jsonl", text + whole.substr(middle));
  const auto done = replay("hostile.jsonl", "hostile.json");
  ASSERT_EQ(done.exit, 0) << done.err;
  EXPECT_NE(done.err.find(std::to_string(hostile.size()) + " records were passed over"), std::string::npos) << done.err;
  EXPECT_EQ(stats("hostile.json")["recording"]["skipped"], hostile.size());
  expect_adds_up(stats("hostile.json"));
  EXPECT_EQ(done.out, replay("walk.jsonl").out);
}

TEST_F(CliReplay, MalformedAndUnknownAdvertsAreCounted) {
  const std::string head =
      R"({"t":1772809200,"rx":"g1","addr":"c0:00:00:00:00:01","addr_type":"random","rssi":-50,"data":")";
  site_.write("odd.jsonl", head + "1aff4c00\"}\n" + head + "020106\"}\n" + head + "\"}\n");
  ASSERT_EQ(replay("odd.jsonl").exit, 0);
  EXPECT_EQ(stats()["malformed"], 1);
  EXPECT_EQ(stats()["unknown"], 2);
  expect_adds_up(stats());
}

}  // namespace
}  // namespace aisle::e2e
