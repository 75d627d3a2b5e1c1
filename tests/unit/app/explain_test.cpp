// `offers explain` of a running agent: it sees what the decisions see, and leaves everything as it was.
#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

using nlohmann::json;

class ExplainTest : public AgentTest {
 protected:
  void SetUp() override {
    clock.set_wall(kGood);
    start();
    import_customers();
    import("offers",
           R"([{"id":"latte","version":1,"content":{"en":{"title":"L","body":"l"}},"zones":["coffee"],"trigger":"enter",
                "priority":5,"caps":[{"scope":"offer","count":1,"period_s":86400}]},
               {"id":"tea","version":2,"content":{"en":{"title":"T","body":"t"}},"trigger":"enter","priority":4,
                "holdout_percent":100,"experiment":"x1","coupon":{"code":"X1"}},
               {"id":"bye","version":1,"content":{"en":{"title":"B","body":"b"}},"zones":["coffee"],"trigger":"exit",
                "priority":9,"segments":{"any":["gold"]}}])");
  }
  json explain(json more = json::object()) {
    more.update(
        {{"verb", "explain"}, {"customer", more.value("customer", "c-1")}, {"zone", more.value("zone", "coffee")}});
    if (!more.contains("trigger")) more["trigger"] = "enter";
    return ask(more);
  }
  static json refused(const json& answer, const std::string& offer) {
    for (const auto& entry : answer["offers"])
      if (entry["offer_id"] == offer) return entry["refused"];
    return "not there";
  }
};

TEST_F(ExplainTest, SeesTheCapThatADecisionHasUsed) {
  const auto before = explain();
  EXPECT_EQ(before["winner"]["offer_id"], "latte") << before;
  EXPECT_EQ(before["winner"]["won_by"], "priority");
  EXPECT_EQ(refused(before, "tea"), json::array({"outranked"}));
  EXPECT_EQ(refused(before, "bye"), json::array({"trigger", "segment"}));
  EXPECT_EQ(before["offers"][0]["offer_id"], "bye") << "by rank";
  hear(1);
  ASSERT_EQ(events("offer.decided").size(), 1U);
  const auto after = explain();
  EXPECT_EQ(refused(after, "latte"), json::array({"cap_offer"}));
  EXPECT_EQ(after["winner"]["offer_id"], "tea");
  EXPECT_EQ(after["winner"]["won_by"], "only_one");
  EXPECT_EQ(after["winner"]["holdout"], true);
  EXPECT_EQ(after["winner"]["coupon"], nullptr);
}

TEST_F(ExplainTest, LeavesEverythingAsItWas) {
  const auto status = ask({{"verb", "status"}});
  const auto events_before = events().size();
  EXPECT_EQ(explain()["offers"], explain()["offers"]);
  const auto later = ask({{"verb", "status"}});
  EXPECT_EQ(later["offers"], status["offers"]);
  EXPECT_EQ(later["events"], status["events"]);
  EXPECT_EQ(events().size(), events_before);
}

TEST_F(ExplainTest, SaysThatNobodyWouldBeAsked) {
  const auto early = explain({{"at", "1970-01-01T00:00:00Z"}});
  EXPECT_EQ(early["unasked"], "no_proximity_consent") << early;
  EXPECT_EQ(early["winner"], nullptr);
  EXPECT_EQ(refused(early, "tea"), json::array({"no_proximity_consent", "no_consent"}));
}

TEST_F(ExplainTest, NamesWhatIsWrongWithTheQuestion) {
  const auto error = [&](const json& more) { return explain(more)["error"].get<std::string>(); };
  EXPECT_EQ(error({{"customer", "c-9"}}), "there is no customer \"c-9\" here");
  EXPECT_EQ(error({{"zone", "tea"}}), "there is no zone \"tea\"; the configuration has coffee");
  EXPECT_EQ(error({{"trigger", "hover"}}), "\"trigger\": one of enter, dwell, exit expected");
  EXPECT_THAT(error({{"at", "noon"}}), ::testing::HasSubstr("\"at\""));
  EXPECT_THAT(error({{"dwell_s", -1}}), ::testing::HasSubstr("\"dwell_s\""));
}

}  // namespace
}  // namespace aisle::app
