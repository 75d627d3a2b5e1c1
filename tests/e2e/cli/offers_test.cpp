// `offers explain` and `offers simulate`.
#include <gtest/gtest.h>

#include <map>

#include "agent/base/hex.hpp"
#include "agent/base/sha256.hpp"
#include "tests/e2e/site.hpp"
#include "tests/e2e/walk.hpp"

namespace aisle::e2e {
namespace {

constexpr const char* kCapped =
    R"({"id":"latte","version":3,"content":{"en":{"title":"Latte","body":"Half price"}},"zones":["coffee"],"trigger":"enter","priority":5,"caps":[{"scope":"offer","count":1,"period_s":86400}]})"
    "\n"
    R"({"id":"plain","version":1,"content":{"en":{"title":"P","body":"p"}},"trigger":"enter","priority":5})"
    "\n"
    R"({"id":"never","version":1,"content":{"en":{"title":"N","body":"n"}},"zones":["tea"],"trigger":"exit","priority":1})"
    "\n";

class CliOffers : public testing::Test {
 protected:
  void SetUp() override {
    site_.configure({.simulator = "seed = 7\ncustomers = 8\npassers = 2\nbeacons = 1\nduration_s = 600\n"});
    site_.write("customers.jsonl", walk_customer(1) + walk_customer(2) + walk_customer(3, false));
    site_.write("offers.jsonl", kCapped);
    site_.write("walk.jsonl", walk_recording({3, 4, 60, 2}));
    ASSERT_EQ(site_.import("customers", "customers.jsonl"), "");
    ASSERT_EQ(site_.import("offers", "offers.jsonl"), "");
  }
  fakes::Finished offers(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "offers");
    arguments.insert(arguments.end(), {"--config", site_.file("aisle.toml")});
    return site_.ctl_here(std::move(arguments));
  }
  json answer(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const auto done = offers(std::move(arguments));
    EXPECT_EQ(done.exit, 0) << done.err;
    return json::parse(done.out, nullptr, false);
  }
  json explain(const std::string& customer) const {
    return answer({"explain", "--customer", customer, "--zone", "coffee", "--at", "2026-03-06T16:00:00Z"});
  }
  [[nodiscard]] std::string database() const {
    return to_hex(sha256(fakes::read_file(site_.state_dir() + "/aisle.db")));
  }

  Site site_;
};

json of_offer(const json& answer, const std::string& id) {
  for (const auto& offer : answer["offers"])
    if (offer["offer_id"] == id) return offer;
  return nullptr;
}

TEST_F(CliOffers, ExplainNamesEachReasonAndTheWinner) {
  const std::string before = database();
  const auto told = explain("c-1");
  EXPECT_EQ(told["winner"]["offer_id"], "latte");
  EXPECT_EQ(told["winner"]["won_by"], "lower_id");
  EXPECT_EQ(of_offer(told, "plain")["refused"], json::array({"outranked"}));
  EXPECT_EQ(of_offer(told, "never")["refused"], json::array({"trigger", "zone"}));
  EXPECT_EQ(explain("c-3")["unasked"], "no_proximity_consent");
  EXPECT_EQ(database(), before);
  const auto table = offers({"explain", "--customer", "c-1", "--zone", "coffee"});
  EXPECT_NE(table.out.find("latte is made, first by lower_id"), std::string::npos) << table.out;
}

TEST_F(CliOffers, ExplainSaysWhatIsWrongWithTheQuestion) {
  EXPECT_EQ(offers({"explain", "--customer", "c-1"}).exit, 2);
  EXPECT_EQ(offers({"explain", "--customer", "c-1", "--zone", "coffee", "--moment", "noon"}).exit, 2);
  const auto nowhere = offers({"explain", "--customer", "c-1", "--zone", "tea"});
  EXPECT_EQ(nowhere.exit, 1);
  EXPECT_NE(nowhere.err.find("entrance, coffee, wine"), std::string::npos) << nowhere.err;
  EXPECT_NE(offers({"explain", "--customer", "c-9", "--zone", "coffee"}).err.find("c-9"), std::string::npos);
}

// What the daemon has decided counts, asked of it and of the database that it leaves behind.
TEST_F(CliOffers, ExplainKnowsWhatTheDaemonHasDecided) {
  site_.write("keys.jsonl", walk_keys());
  ASSERT_EQ(site_.import("keys", "keys.jsonl"), "");
  const auto capped = [&] { return of_offer(explain("c-1"), "latte")["refused"] == json::array({"cap_offer"}); };
  {
    const auto aisled = site_.start_aisled();
    ASSERT_FALSE(site_.wait_for_daemon().is_null()) << site_.log();
    EXPECT_TRUE(fakes::eventually(capped)) << explain("c-1");
  }
  EXPECT_TRUE(capped());
}

TEST_F(CliOffers, SimulateCountsWhatTheReplayDecides) {
  std::map<std::string, int> decided;
  for (const auto& event : site_.replay("walk.jsonl"))
    if (short_type(event) == "offer.decided") ++decided[event["data"]["offer_id"].get<std::string>()];
  const auto counts = answer({"simulate", "--capture", site_.file("walk.jsonl")});
  EXPECT_EQ(counts["visits"], 2);
  EXPECT_GT(decided["latte"], 0);
  for (const char* id : {"latte", "plain", "never"}) {
    const auto offer = of_offer(counts, id);
    EXPECT_EQ(offer["decided"], decided[id]) << id;
    std::uint64_t refused = 0;
    for (const auto& count : offer["refused"]) refused += count.get<std::uint64_t>();
    EXPECT_EQ(offer["asked"], offer["decided"].get<std::uint64_t>() + refused) << offer;
  }
  EXPECT_EQ(of_offer(counts, "never")["asked"], 0);
  EXPECT_EQ(of_offer(counts, "plain")["zones"]["coffee"]["refused"]["outranked"], of_offer(counts, "latte")["decided"]);
  EXPECT_GT(of_offer(counts, "latte")["refused"]["cap_offer"], 0);
}

TEST_F(CliOffers, SimulateOfASeedIsTheSameEveryTimeAndNeedsNoState) {
  site_.write("other.jsonl", walk_offers());
  const std::vector<std::string> command = {
      "simulate", "--seed", "3", "--hours", "0.5", "--offers", site_.file("other.jsonl"), "--json"};
  const auto first = offers(command);
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_EQ(first.out, offers(command).out);
  const auto counts = json::parse(first.out);
  EXPECT_EQ(counts["source"], json({{"kind", "simulator"}, {"seed", 3}, {"duration_s", 1800}}));
  EXPECT_GT(counts["visits"], 0);
  EXPECT_GT(counts["decided"], 0);
  const auto other = answer({"simulate", "--seed", "4", "--hours", "0.5", "--offers", site_.file("other.jsonl")});
  EXPECT_NE(counts["adverts"], other["adverts"]);
}

TEST_F(CliOffers, SimulateRefusesOffersThatAreWrong) {
  site_.write("wrong.jsonl", walk_offers() + R"({"id":"odd","version":1,"trigger":"hover"})" + "\n");
  const auto done = offers({"simulate", "--offers", site_.file("wrong.jsonl")});
  EXPECT_EQ(done.exit, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_NE(done.err.find("record odd"), std::string::npos) << done.err;
  EXPECT_EQ(offers({"simulate", "--seed", "1", "--capture", site_.file("walk.jsonl")}).exit, 2);
}

}  // namespace
}  // namespace aisle::e2e
