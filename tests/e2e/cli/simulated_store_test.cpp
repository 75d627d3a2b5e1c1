#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "agent/base/time.hpp"
#include "tests/e2e/site.hpp"

namespace aisle::e2e {
namespace {

constexpr seconds kLongEnough{20};  // shorter stays may be missed: somebody who walks by is no visitor

UnixTime at(const json& object, const char* name) {
  return parse_rfc3339(object[name].get<std::string>()).value_or(UnixTime{});
}

struct Stay {
  std::string who, zone;
  UnixTime from, to;
  bool consents = true;
  [[nodiscard]] bool meets(const Stay& other) const {
    return who == other.who && zone == other.zone && from < other.to && other.from < to;
  }
};

std::vector<Stay> stays_of(const std::vector<json>& events) {
  std::vector<Stay> out;
  std::map<std::pair<std::string, std::string>, UnixTime> open;
  for (const auto& event : events) {
    const auto type = short_type(event);
    if (type != "zone.entered" && type != "zone.exited") continue;
    const std::pair key(event["data"]["customer_id"].get<std::string>(), event["data"]["zone_id"].get<std::string>());
    if (type == "zone.entered") {
      open[key] = at(event, "time");
    } else {
      out.push_back({key.first, key.second, open[key], at(event, "time"), true});
    }
  }
  return out;
}

class CliSimulatedStore : public testing::Test {
 protected:
  void SetUp() override {
    Settings setup;
    setup.source = "simulator";
    setup.simulator = "seed = 7\ncustomers = 8\npassers = 4\nbeacons = 2\nduration_s = 1200\n";
    site_.configure(setup);
    const auto made = Site::ctl({"simulate", "--config", site_.file("aisle.toml"), "--recording",
                                 site_.file("walk.jsonl"), "--customers", site_.file("customers.json"), "--keys",
                                 site_.file("keys.jsonl"), "--truth", site_.file("truth.json")});
    ASSERT_EQ(made.exit, 0) << made.err;
    ASSERT_EQ(site_.import("customers", "customers.json"), "");
    ASSERT_EQ(site_.import("keys", "keys.jsonl"), "");
    for (const auto& stay : json::parse(fakes::read_file(site_.file("truth.json")))) {
      truth_.push_back(
          {stay["customer_id"], stay["zone_id"], at(stay, "entered"), at(stay, "left"), stay["proximity_consent"]});
    }
  }

  Site site_;
  std::vector<Stay> truth_;
};

TEST_F(CliSimulatedStore, FindsWhatTheSimulatorKnows) {
  const auto events = site_.replay("walk.jsonl");
  const auto found = stays_of(events);
  int expected = 0;
  bool some_without_consent = false;
  for (const auto& stay : truth_) {
    some_without_consent = some_without_consent || !stay.consents;
    if (!stay.consents || stay.to - stay.from <= kLongEnough) continue;
    ++expected;
    EXPECT_TRUE(std::ranges::any_of(found, [&](const Stay& f) { return f.meets(stay); }))
        << stay.who << " in " << stay.zone << " from " << format_rfc3339(stay.from);
  }
  EXPECT_GT(expected, 5);
  EXPECT_TRUE(some_without_consent);
  for (const auto& stay : found) {
    EXPECT_TRUE(std::ranges::any_of(truth_, [&](const Stay& t) { return t.consents && t.meets(stay); }))
        << stay.who << " was not in " << stay.zone << " at " << format_rfc3339(stay.from);
  }
  for (const auto& event : events) {
    const auto who = event["data"].value("customer_id", "");
    EXPECT_FALSE(std::ranges::any_of(truth_, [&](const Stay& t) { return !t.consents && t.who == who; })) << event;
  }
}

TEST_F(CliSimulatedStore, TheSameSeedIsTheSameStore) {
  const auto again = Site::ctl({"simulate", "--config", site_.file("aisle.toml"), "--recording",
                                site_.file("again.jsonl"), "--truth", site_.file("again.json")});
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_EQ(fakes::read_file(site_.file("again.json")), fakes::read_file(site_.file("truth.json")));
  EXPECT_TRUE(fakes::read_file(site_.file("again.jsonl")) == fakes::read_file(site_.file("walk.jsonl")));
}

// No address, key or token is in what leaves the store.
TEST_F(CliSimulatedStore, NoEventCarriesASecret) {
  const auto done = site_.ctl_here({"replay", site_.file("walk.jsonl"), "--config", site_.file("aisle.toml")});
  ASSERT_GT(parse_lines(done.out).size(), 5U);
  std::set<std::string> secrets;
  for (const auto& line : parse_lines(fakes::read_file(site_.file("walk.jsonl")))) {
    secrets.insert(line["addr"].get<std::string>());
    const std::string data = line["data"];
    if (const auto token = data.find("11074f324f10"); token != std::string::npos)
      secrets.insert(data.substr(token + 12, 24));
  }
  for (const auto& key : parse_lines(fakes::read_file(site_.file("keys.jsonl"))))
    secrets.insert(key["key"].get<std::string>());
  ASSERT_GT(secrets.size(), 20U);
  for (const auto& secret : secrets) EXPECT_EQ(done.out.find(secret), std::string::npos) << secret;
}

}  // namespace
}  // namespace aisle::e2e
