// The daemon and `aislectl replay` are one pipeline: the feed that a cloud receives tells what a replay prints.
#include <gtest/gtest.h>

#include <set>

#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

class FeedEqualsReplay : public testing::TestWithParam<int> {};

TEST_P(FeedEqualsReplay, ForVisitsZonesAndOffers) {
  Shop shop;
  ASSERT_TRUE(shop.broker.start());
  Settings setup;
  setup.protocol = GetParam();
  shop.stock({8, 6, 60, 2}, setup);
  const auto expected = decisions_of(shop.site.replay("walk.jsonl"));
  ASSERT_GT(expected.size(), 100U);

  ASSERT_TRUE(shop.open_cloud({"--protocol", std::to_string(GetParam())}));
  auto aisled = shop.site.start_aisled({"--exit-when-done"});
  ASSERT_EQ(aisled.wait(), 0) << shop.site.log();
  EXPECT_TRUE(fakes::eventually([&] { return decisions_of(shop.feed()).size() >= expected.size(); }));
  EXPECT_EQ(decisions_of(shop.feed()), expected);
  EXPECT_EQ(shop.site.outbox()["rows"], 0);
  // Every sequence number came: the first ones perhaps again and late, if nobody had subscribed yet.
  std::set<std::uint64_t> came;
  for (const auto& event : shop.feed()) came.insert(std::stoull(event["sequence"].get<std::string>()));
  EXPECT_EQ(*came.begin(), 1U);
  EXPECT_EQ(*came.rbegin(), came.size());
}

INSTANTIATE_TEST_SUITE_P(Mqtt, FeedEqualsReplay, testing::Values(5, 3),
                         [](const auto& version) { return version.param == 5 ? "5" : "3_1_1"; });

}  // namespace
}  // namespace aisle::e2e
