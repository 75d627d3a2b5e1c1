// Changes in slices: what comes after one finds it whole. And keys, which outlive a clock that is wrong for a while.
#include <set>

#include "ble/identity/token.hpp"
#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

using nlohmann::json;

constexpr int kCustomers = 1500;  // several slices

class Changes : public AgentTest {
 protected:
  void SetUp() override { clock.set_wall(kGood); }
  static json customer(int n) {
    const json granted = {{"granted_at", "1970-01-01T00:00:01Z"}, {"ref", "test"}};
    return {{"id", "c-" + std::to_string(n)},
            {"devices", {{{"ordinal", n}}}},
            {"consent", {{"proximity", granted}, {"offers", granted}}}};
  }
  void deliver_customers(std::uint64_t from, std::uint64_t to, const json& deletes, const json& upserts) {
    transport->deliver(
        "aisle/v1/s1/_all/sync/customers",
        json({{"epoch", "e1"}, {"from", from}, {"to", to}, {"deletes", deletes}, {"upserts", upserts}}).dump());
  }
  // An empty snapshot, so that deltas may follow.
  void begin() {
    start();
    transport->deliver(
        "aisle/v1/s1/g1/sync/customers",
        json({{"epoch", "e1"}, {"snapshot", "S"}, {"page", 0}, {"pages", 1}, {"to", 1}, {"upserts", json::array()}})
            .dump());
    run(milliseconds(50));
  }
  void erase(const std::string& id) {
    const auto reply = std::make_shared<Ignore>();
    agent->on_request({{"verb", "erase"}, {"customer_id", id}, {"nonce", std::string(32, 'a')}}, reply);
  }
  [[nodiscard]] int customers() const { return agent->status()["identity"]["customers"].get<int>(); }

  class Ignore final : public control::Reply {
   public:
    void line(const Json& /*value*/) override {}
    void text(std::string_view /*value*/) override {}
    void finish() override {}
    [[nodiscard]] bool gone() const override { return false; }
    [[nodiscard]] std::size_t waiting() const override { return 0; }
  };
};

TEST_F(Changes, AnErasureAfterALargeDeltaErasesWhatTheDeltaBrought) {
  begin();
  json many = json::array();
  for (int n = 0; n < kCustomers; ++n) many.push_back(customer(n));
  deliver_customers(1, 2, json::array(), many);
  erase("c-1499");
  run(milliseconds(100));
  EXPECT_EQ(customers(), kCustomers - 1);
  crash();
  start();
  EXPECT_EQ(customers(), kCustomers - 1) << "on the disk too";
}

TEST_F(Changes, DeltasStayInOrderAndDeletesComeFirst) {
  begin();
  json many = json::array();
  json ids = json::array();
  for (int n = 0; n < kCustomers; ++n) {
    many.push_back(customer(n));
    ids.push_back("c-" + std::to_string(n));
  }
  deliver_customers(1, 2, json::array(), many);
  deliver_customers(2, 3, ids, json::array({customer(3), customer(4)}));
  deliver_customers(3, 4, json::array({"c-4"}), json::array());
  run(milliseconds(200));
  EXPECT_EQ(customers(), 1);
  EXPECT_EQ(agent->status()["datasets"]["customers"]["cursor"], 4);
}

// c-1, known by a static identifier.
class TheSameDay : public Changes {
 protected:
  void SetUp() override {
    Changes::SetUp();
    begin();
    deliver_customers(1, 2, json::array(), json::array({record()}));
    come();
  }
  static json record() {
    auto who = customer(1);
    who["static"] = {
        {{"kind", "ibeacon"}, {"uuid", "01020304-0506-0708-090a-0b0c0d0e0f10"}, {"major", 1}, {"minor", 1}}};
    return who;
  }
  void come() {
    run(milliseconds(50));
    hear(1);
    run(seconds(1));
  }
  // Of the visits so far, each once.
  [[nodiscard]] std::set<std::string> visits() const {
    std::set<std::string> out;
    for (const auto& event : events("visit.started")) out.insert(event["data"]["visit_id"]);
    return out;
  }
};

TEST_F(TheSameDay, ADeletedCustomerGetsNoVisitIdTwice) {
  for (std::uint64_t cursor = 2; cursor < 6; cursor += 2) {
    deliver_customers(cursor, cursor + 1, json::array({"c-1"}), json::array());
    run(milliseconds(50));
    deliver_customers(cursor + 1, cursor + 2, json::array(), json::array({record()}));
    if (cursor == 4) {
      run(seconds(1));
      crash();
      start();
    }
    come();
  }
  EXPECT_EQ(events("visit.started").size(), 3U);
  EXPECT_EQ(visits().size(), 3U);
}

TEST_F(TheSameDay, DeletedAndThereAgainInOneDeltaTheVisitGoesOn) {
  deliver_customers(2, 3, json::array({"c-1"}), json::array({record()}));
  come();
  EXPECT_EQ(events("visit.started").size(), 1U);
  EXPECT_TRUE(events("visit.ended").empty());
  EXPECT_EQ(customers(), 1);
}

TEST_F(TheSameDay, ARefusedRecordEndsTheVisitUntilThereIsABetterOne) {
  auto wrong = record();
  wrong["tier"] = "x";
  deliver_customers(2, 3, json::array(), json::array({wrong}));
  come();
  ASSERT_EQ(events("visit.ended").size(), 1U);
  EXPECT_EQ(events("visit.ended")[0]["data"]["reason"], "consent_withdrawn");
  EXPECT_EQ(events("visit.started").size(), 1U);
  deliver_customers(3, 4, json::array(), json::array({record()}));
  come();
  EXPECT_EQ(events("visit.started").size(), 2U);
  EXPECT_EQ(visits().size(), 2U);
}

// What the asker could not even read is told with the rest.
TEST_F(Changes, AnImportTellsWhatItsFileHeldBeside) {
  start();
  const auto answer = ask({{"verb", "import"},
                           {"dataset", "customers"},
                           {"records", {customer(1), customer(2), customer(1)}},
                           {"place", "line"},
                           {"places", {1U, 3U, 4U}},
                           {"refused", R"({"count":1,"named":[{"id":"","field":"line 2","why":"not JSON"}]})"}});
  EXPECT_EQ(answer["count"], 2);
  EXPECT_EQ(answer["refused_count"], 2);
  EXPECT_EQ(answer["refused"][0]["field"], "line 2");
  EXPECT_EQ(answer["refused"][1]["why"], "already in this file, line 1 (line 4)");
  run(seconds(1));
  EXPECT_EQ(events("sync.applied").back()["data"]["refused"], answer["refused"]);
}

class Keys : public Changes {
 protected:
  static constexpr const char* kKey = "75c734c6dd1a782de7a965da5eb93125";
  void SetUp() override {
    Changes::SetUp();
    start();
    import("customers", json::array({customer(7)}).dump());
    const json key = {{"ordinal", 7}, {"day", utc_day(kGood)}, {"key", kKey}};
    import("keys", json::array({key}).dump());
  }
  // How many adverts of the device were resolved, of one.
  std::uint64_t heard() {
    const auto resolved = [&] { return agent->status()["adverts"]["resolved"].get<std::uint64_t>(); };
    const std::uint64_t before = resolved();
    const auto rpik = identity::derive_rpik(*from_hex_fixed<16>(kKey));
    hear(identity::token_ad(identity::derive_rpi(rpik, token_interval(clock.now()))));
    run(milliseconds(100));
    return resolved() - before;
  }
};

TEST_F(Keys, OutliveAClockThatIsWrongForAWhile) {
  EXPECT_EQ(heard(), 1U);
  clock.set_wall(clock.now() + std::chrono::hours(24 * 30));
  run(std::chrono::minutes(50));
  EXPECT_EQ(heard(), 0U);
  clock.set_wall(clock.now() - std::chrono::hours(24 * 30));
  run(seconds(2));
  EXPECT_EQ(heard(), 1U);
  crash();
  start();
  EXPECT_EQ(heard(), 1U) << "on the disk too";
}

TEST_F(Keys, GoOnceTheirDayIsOverForAnHour) {
  clock.set_wall(clock.now() + std::chrono::hours(48));
  run(std::chrono::minutes(50));
  EXPECT_EQ(agent->status()["identity"]["keys"], 1);
  run(std::chrono::minutes(11));
  EXPECT_EQ(agent->status()["identity"]["keys"], 0);
  crash();
  start();
  EXPECT_EQ(agent->status()["identity"]["keys"], 0);
}

}  // namespace
}  // namespace aisle::app
