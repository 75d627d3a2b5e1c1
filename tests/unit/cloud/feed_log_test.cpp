#include "agent/cli/cloud/feed_log.hpp"

#include <gtest/gtest.h>

namespace aisle::cloud {
namespace {

using Seen = FeedLog::Seen;

class FeedLogTest : public testing::Test {
 protected:
  Seen take(const std::string& epoch, int sequence, const std::string& data = "{}",
            const std::string& type = "zone.entered") {
    const std::string payload =
        fmt::format(R"({{"source":"/stores/s1/gateways/g1","id":"{}-{:020}","type":"io.aisle.{}.v1","data":{}}})",
                    epoch, sequence, type, data);
    return feed_.take(nlohmann::json::parse(payload), payload);
  }
  FeedLog feed_;
};

TEST_F(FeedLogTest, TellsFreshDuplicateAndAltered) {
  EXPECT_EQ(take("a", 1), Seen::fresh);
  EXPECT_EQ(take("a", 1), Seen::duplicate);
  EXPECT_EQ(take("a", 1, R"({"customer_id":"c-1"})"), Seen::altered);
  EXPECT_EQ(take("b", 1), Seen::fresh) << "another epoch";
  const auto summary = feed_.summary();
  EXPECT_EQ(summary["events"], 2);
  EXPECT_EQ(summary["duplicates"], 1);
  EXPECT_EQ(summary["altered"], 1);
  EXPECT_EQ(summary["epochs"], 2);
}

TEST_F(FeedLogTest, CountsGapsOfEpochsWhoseStartItSaw) {
  take("a", 1);
  take("a", 2);
  take("a", 6);
  EXPECT_EQ(feed_.missing(), 3U);
  take("a", 4);
  EXPECT_EQ(feed_.missing(), 2U);
  take("b", 17);  // listening began in the middle of it
  EXPECT_EQ(feed_.missing(), 2U);
}

TEST_F(FeedLogTest, WhatIsListedAsDroppedIsNotMissing) {
  take("a", 1);
  take("a", 6);
  take("b", 1);
  take("b", 2, R"({"epoch":"a","ranges":[[2,3],[5,5]]})", "outbox.dropped");
  EXPECT_EQ(feed_.missing(), 1U);
  take("b", 3, R"({"epoch":"a","ranges":[[3,4]]})", "outbox.dropped");
  EXPECT_EQ(feed_.missing(), 0U);
}

TEST_F(FeedLogTest, HostileEventsDoNoHarm) {
  for (const char* text : {"null", "[]", "{}", R"({"id":7})", R"({"id":"nodash"})", R"({"id":"a-"})",
                           R"({"id":"a-12x"})", R"({"id":"a-123456789012345678901"})"}) {
    EXPECT_EQ(feed_.take(nlohmann::json::parse(text), text), Seen::malformed) << text;
  }
  take("a", 1);
  EXPECT_EQ(take("a", 2, R"({"epoch":"a","ranges":[[0],"x",[1,"y"],[-1,5],null]})", "outbox.dropped"), Seen::fresh);
  EXPECT_EQ(take("a", 3, R"({"epoch":7,"ranges":{}})", "outbox.dropped"), Seen::fresh);
  EXPECT_EQ(take("a", 4, "[]"), Seen::fresh);
  EXPECT_EQ(feed_.missing(), 0U);
  EXPECT_EQ(feed_.summary()["malformed"], 8);
}

TEST_F(FeedLogTest, SummarizesCustomersTypesAndLatency) {
  for (int i = 1; i <= 100; ++i)
    take("a", i, fmt::format(R"({{"customer_id":"c-{}","latency_us":{}}})", i % 3, i * 10), "offer.decided");
  const auto summary = feed_.summary();
  EXPECT_EQ(summary["customers"], 3);
  EXPECT_EQ(summary["by_type"]["io.aisle.offer.decided.v1"], 100);
  EXPECT_EQ(summary["decision_p50_us"], 500);
  EXPECT_EQ(summary["decision_p99_us"], 990);
}

}  // namespace
}  // namespace aisle::cloud
