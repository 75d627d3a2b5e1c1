// A snapshot from the broker to what is decided, through crashes at every page.
#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

class Snapshots : public AgentTest {
 protected:
  void SetUp() override { clock.set_wall(kGood); }
  static nlohmann::json offer(const std::string& id) {
    return {{"id", id},
            {"version", 1},
            {"content", {{"en", {{"title", "T"}, {"body", "B"}}}}},
            {"trigger", "enter"},
            {"priority", 1}};
  }
  void page(int number, std::vector<nlohmann::json> upserts, const std::string& snapshot = "S") {
    transport->deliver("aisle/v1/s1/g1/sync/offers", nlohmann::json({{"epoch", "e1"},
                                                                     {"snapshot", snapshot},
                                                                     {"page", number},
                                                                     {"pages", 3},
                                                                     {"to", 5},
                                                                     {"upserts", std::move(upserts)}})
                                                         .dump());
    run(milliseconds(20));
  }
  [[nodiscard]] nlohmann::json last_request() const {
    const auto all = transport->sent("/sync/offers/request");
    return all.empty() ? nlohmann::json() : nlohmann::json::parse(all.back().payload);
  }
  [[nodiscard]] std::size_t offers() const { return agent->status()["offers"]["offers"].get<std::size_t>(); }
};

TEST_F(Snapshots, ResumeAtThePageReachedAfterACrashAndAreUsedWhole) {
  start();
  import("offers", nlohmann::json::array({offer("old")}).dump());
  page(0, {offer("a"), {{"id", "bad"}}});
  EXPECT_EQ(last_request()["page"], 1);
  crash();
  start();
  EXPECT_EQ(last_request()["snapshot"], "S");
  EXPECT_EQ(last_request()["page"], 1);
  page(1, {offer("b")});
  crash();
  start();
  EXPECT_EQ(offers(), 1U) << "what was there serves until it is whole";
  page(2, {offer("c")});
  run(milliseconds(200));
  EXPECT_EQ(offers(), 3U);
  const auto applied = events("sync.applied");
  ASSERT_FALSE(applied.empty());
  const auto& data = applied.back()["data"];
  EXPECT_EQ(data["count"], 3);
  EXPECT_EQ(data["cursor"], 5);
  ASSERT_EQ(data["refused"].size(), 1U) << "named though a crash came between";
  EXPECT_EQ(data["refused"][0]["id"], "bad");
  crash();
  start();
  EXPECT_EQ(offers(), 3U);
  EXPECT_EQ(last_request()["cursor"], 5);
}

TEST_F(Snapshots, ACrashAfterTheLastPageTakesItOverAtTheStart) {
  start();
  page(0, {offer("a")});
  page(1, {offer("b")});
  transport->deliver("aisle/v1/s1/g1/sync/offers", nlohmann::json({{"epoch", "e1"},
                                                                   {"snapshot", "S"},
                                                                   {"page", 2},
                                                                   {"pages", 3},
                                                                   {"to", 5},
                                                                   {"upserts", nlohmann::json::array({offer("c")})}})
                                                       .dump());
  crash();
  start();
  run(milliseconds(200));
  if (offers() == 0) page(2, {offer("c")});  // it had not reached the disk
  run(milliseconds(200));
  EXPECT_EQ(offers(), 3U);
}

TEST_F(Snapshots, CustomersWhoAreNotInItAreWithdrawnAndTheirVisitsEnd) {
  start();
  import_customers();
  hear(1);
  ASSERT_EQ(events("visit.started").size(), 1U);
  transport->deliver("aisle/v1/s1/g1/sync/customers",
                     R"({"epoch":"e1","snapshot":"S","page":0,"pages":1,"to":5,"upserts":[]})");
  run(seconds(1));
  const auto ended = events("visit.ended");
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0]["data"]["reason"], "consent_withdrawn");
  EXPECT_EQ(agent->status()["identity"]["customers"], 0);
}

}  // namespace
}  // namespace aisle::app
