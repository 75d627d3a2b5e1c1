// Units of a lease are given out once, through kill -9 at any moment: a unit and its offer.decided are one transaction.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

TEST(Lease, NoUnitIsGivenTwiceOrLostThroughKills) {
  Shop shop;
  Settings settings;
  settings.speed = 150;
  ASSERT_TRUE(shop.broker.start());  // for its port
  shop.broker.stop();                // everything waits in the outbox
  shop.stock({20, 20, 20, 2}, settings);
  shop.site.write("lease_offer.jsonl",
                  R"({"id":"latte","version":1,"content":{"en":{"title":"Latte","body":"Half"}},"zones":["coffee"],)"
                  R"("trigger":"enter","priority":5,"coupon":{"lease":true}})"
                  "\n");
  shop.site.write(
      "leases.jsonl",
      R"({"id":"l-1","offer_id":"latte","gateway":"g1","units":100000,"fence":3,"expires":"2026-03-07T00:00:00Z"})"
      "\n"
      R"({"id":"l-0","offer_id":"latte","gateway":"g1","units":9,"fence":3,"expires":"2026-03-01T00:00:00Z"})"
      "\n"
      R"({"id":"l-2","offer_id":"latte","gateway":"g2","units":9,"fence":3,"expires":"2026-03-06T18:00:00Z"})"
      "\n");
  ASSERT_EQ(shop.site.import("offers", "lease_offer.jsonl"), "");
  ASSERT_EQ(shop.site.import("leases", "leases.jsonl"), "");
  for (int round = 0; round < 5; ++round) {
    auto aisled = shop.site.start_aisled();
    std::this_thread::sleep_for(std::chrono::milliseconds(700 + 230 * round));
    aisled.kill_hard();
  }
  ASSERT_TRUE(shop.broker.start());
  ASSERT_TRUE(shop.open_cloud());
  auto last = shop.site.start_aisled({"--exit-when-done"});
  ASSERT_EQ(last.wait(), 0) << shop.site.log();

  std::set<std::string> events;
  std::set<std::string> coupons;
  std::set<std::string> epochs;
  ASSERT_TRUE(fakes::eventually([&] { return !shop.feed_of("sync.applied").empty() || !shop.feed().empty(); }));
  for (const auto& event : shop.feed_of("offer.decided")) {
    if (!events.insert(event["id"]).second) continue;
    const std::string id = event["id"];
    epochs.insert(id.substr(0, id.rfind('-')));
    EXPECT_TRUE(coupons.insert(event["data"].value("coupon_ref", "")).second) << event;
  }
  EXPECT_GE(epochs.size(), 3U) << "kills after decisions expected";
  EXPECT_GT(coupons.size(), 100U);
  std::set<std::string> expected;  // each unit that is gone has its event
  for (std::size_t unit = 1; unit <= events.size(); ++unit) expected.insert("l-1/3/" + std::to_string(unit));
  EXPECT_EQ(coupons, expected);

  // A fence that was seen stays in force, and the refusal is named.
  shop.site.write(
      "leases.jsonl",
      R"({"id":"l-1","offer_id":"latte","gateway":"g1","units":9,"fence":2,"expires":"2026-03-07T00:00:00Z"})"
      "\n");
  const auto refused = shop.site.import("leases", "leases.jsonl");
  EXPECT_NE(refused.find("record l-1: fence: at least 3 expected"), std::string::npos) << refused;
}

// What was spent lies in the end of the log. SQLite passes over a bit that is wrong in there without a word.
TEST(Lease, NoCodeIsGivenTwiceThoughTheLogIsDamaged) {
  Shop shop;
  Settings settings;
  settings.speed = 60;
  ASSERT_TRUE(shop.broker.start());
  ASSERT_TRUE(shop.open_cloud());
  shop.stock({20, 20, 20, 2}, settings);
  shop.site.write("lease_offer.jsonl",
                  R"({"id":"latte","version":1,"content":{"en":{"title":"Latte","body":"Half"}},"zones":["coffee"],)"
                  R"("trigger":"enter","priority":5,"coupon":{"lease":true}})"
                  "\n");
  const auto lease = [](int fence, int units) {
    return fmt::format(R"({{"id":"l-1","offer_id":"latte","gateway":"g1","units":{},"fence":{},)"
                       R"("expires":"2026-03-07T00:00:00Z"}})"
                       "\n",
                       units, fence);
  };
  shop.site.write("leases.jsonl", lease(3, 100'000));
  ASSERT_EQ(shop.site.import("offers", "lease_offer.jsonl"), "");
  ASSERT_EQ(shop.site.import("leases", "leases.jsonl"), "");
  {
    auto aisled = shop.site.start_aisled();
    ASSERT_TRUE(fakes::eventually([&] { return shop.feed_of("offer.decided").size() > 20; })) << shop.site.log();
    aisled.kill_hard();
  }
  const std::string log = shop.site.state_dir() + "/aisle.db-wal";
  std::string bytes = fakes::read_file(log);
  ASSERT_GT(bytes.size(), 100'000U);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(log, std::ios::binary) << bytes;

  const auto decided_before = shop.feed_of("offer.decided").size();
  auto last = shop.site.start_aisled({"--exit-when-done"});
  ASSERT_EQ(last.wait(), 0) << shop.site.log();
  EXPECT_NE(shop.site.log().find("less than was committed"), std::string::npos) << shop.site.log();
  ASSERT_TRUE(fakes::eventually([&] { return shop.feed_of("epoch.started").size() >= 2; }));
  const auto epochs = shop.feed_of("epoch.started");
  EXPECT_EQ(epochs.back()["data"]["reason"], "database_lost");
  EXPECT_FALSE(shop.feed_of("outbox.dropped").empty());
  EXPECT_GE(shop.feed_of("offer.decided").size(), decided_before);

  // The same fence is refused; a higher one is a new grant.
  EXPECT_NE(shop.site.import("leases", "leases.jsonl").find("above 3 expected"), std::string::npos);
  shop.site.write("leases.jsonl", lease(4, 9));
  EXPECT_EQ(shop.site.import("leases", "leases.jsonl"), "");
  auto again = shop.site.start_aisled({"--exit-when-done"});
  ASSERT_EQ(again.wait(), 0) << shop.site.log();

  std::set<std::string> events;
  std::set<std::string> coupons;
  bool granted_anew = false;
  for (const auto& event : shop.feed_of("offer.decided")) {
    if (!events.insert(event["id"]).second) continue;
    const auto coupon = event["data"].value("coupon_ref", "");
    EXPECT_TRUE(coupons.insert(coupon).second) << event;
    granted_anew = granted_anew || coupon.starts_with("l-1/4/");
  }
  EXPECT_TRUE(granted_anew);
}

}  // namespace
}  // namespace aisle::e2e
