// How the daemon ends, and what the broker says of it afterwards.
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

constexpr std::chrono::seconds kStopsWithin{5};

// A recording at its own pace, somebody in it, and a moment at which visits are open.
class Stop : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(shop_.broker.start());
    Settings setup;
    setup.speed = 20;
    shop_.stock({3, 30, 600, 2}, setup);
    ASSERT_TRUE(shop_.open_cloud());
    aisled_ = shop_.site.start_aisled();
    ASSERT_TRUE(fakes::eventually([&] { return shop_.feed_of("zone.entered").size() == 3; })) << shop_.site.log();
  }

  Shop shop_;
  fakes::Process aisled_;
};

TEST_F(Stop, TermEndsVisitsSaysGoodbyeAndExitsInTime) {
  EXPECT_EQ(shop_.retained_status()["state"], "online");
  aisled_.signal(SIGTERM);
  ASSERT_EQ(aisled_.wait(kStopsWithin), 0) << shop_.site.log();
  ASSERT_TRUE(fakes::eventually([&] { return shop_.feed_of("visit.ended").size() == 3; }));
  for (const auto& event : shop_.feed_of("visit.ended")) EXPECT_EQ(event["data"]["reason"], "coverage_lost");
  const auto status = shop_.retained_status();
  EXPECT_EQ(status["state"], "offline");
  EXPECT_EQ(shop_.feed_of("epoch.started")[0]["id"].get<std::string>().substr(0, 16),
            status["epoch"].get<std::string>());
  EXPECT_EQ(shop_.site.outbox()["rows"], 0);
}

TEST_F(Stop, IntDoesTheSame) {
  aisled_.signal(SIGINT);
  EXPECT_EQ(aisled_.wait(kStopsWithin), 0) << shop_.site.log();
}

TEST_F(Stop, KilledTheWillSaysOffline) {
  ASSERT_EQ(shop_.retained_status()["state"], "online");
  aisled_.kill_hard();
  EXPECT_TRUE(fakes::eventually([&] { return shop_.retained_status()["state"] == "offline"; }));
  EXPECT_TRUE(shop_.feed_of("visit.ended").empty()) << "nobody was there to end them";
}

}  // namespace
}  // namespace aisle::e2e
