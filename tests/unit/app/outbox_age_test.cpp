// How long events may wait for the broker.
#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class OutboxAge : public AgentTest, public ::testing::WithParamInterface<std::optional<int>> {
 protected:
  // A customer comes while the broker is away: presence events, and a decision of the ledger.
  void SetUp() override {
    if (GetParam()) recording_ahead = hours(24 * *GetParam());
    clock.set_wall(kGood);
    start("[outbox]\nmax_age_h = 1\nledger_max_age_h = 2\n");
    import_customers();
    import("offers",
           R"([{"id":"free","version":1,"content":{"en":{"title":"t","body":"b"}},"trigger":"enter","priority":1}])");
    run(seconds(1));
    transport->end();
    hear(1);
  }
  // How many were dropped for their age.
  [[nodiscard]] int dropped(const char* type) {
    const nlohmann::json all(agent->status()["events"]["dropped"]);
    return all.value("bounds", nlohmann::json::object()).value(type, 0);
  }
};

TEST_P(OutboxAge, IsThatOfOurClockForEachClass) {
  run(minutes(59));
  EXPECT_EQ(dropped("zone.entered"), 0);
  EXPECT_EQ(dropped("offer.decided"), 0);
  run(minutes(2));
  EXPECT_EQ(dropped("zone.entered"), 1);
  EXPECT_EQ(dropped("offer.decided"), 0);
  run(minutes(58));
  EXPECT_EQ(dropped("offer.decided"), 0);
  run(minutes(2));
  EXPECT_EQ(dropped("offer.decided"), 1);
}

// A radio, and recordings that are so many days ahead of our clock.
INSTANTIATE_TEST_SUITE_P(Sources, OutboxAge, ::testing::Values(std::nullopt, -30, 0, 30));

// A recording's clock does not make ours known.
class OutboxAgeByAWrongClock : public AgentTest {};

TEST_F(OutboxAgeByAWrongClock, NothingIsTooOld) {
  recording_ahead = hours(24 * 20'000);
  start("[outbox]\nmax_age_h = 1\n");
  import_customers();
  transport->end();
  hear(1);
  run(hours(1) + minutes(2));
  EXPECT_EQ(agent->status()["events"]["dropped"].size(), 0U) << agent->status()["events"]["dropped"];
}

}  // namespace
}  // namespace aisle::app
