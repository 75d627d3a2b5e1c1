#include "agent/app/draft.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle::app {
namespace {

TEST(Draft, EveryTimeInItMovesAlong) {
  Event event;
  event.type = "visit.ended";
  event.time = UnixTime{seconds{1000}};
  event.customer = "c-1";
  event.data = {
      {"customer_id", "c-1"},
      {"zones", {{{"zone_id", "left"}, {"entered", "1970-01-01T00:00:10.000Z"}, {"left", "1970-01-01T00:00:20.500Z"}}}},
      {"expires_at", "1970-01-01T00:00:30.000Z"},
      {"content", {{"title", "1970-01-01T00:00:30.000Z"}}}};
  const auto settled = settle_draft(draft_body(event, UnixTime{seconds{1001}}), seconds{86'400});
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->event.type, "visit.ended");
  EXPECT_EQ(settled->event.time, UnixTime{seconds{87'400}});
  EXPECT_EQ(settled->recorded, UnixTime{seconds{87'401}});
  EXPECT_EQ(settled->event.customer, "c-1");
  const Json& data = settled->event.data;
  EXPECT_EQ(data["zones"][0]["entered"], "1970-01-02T00:00:10.000Z");
  EXPECT_EQ(data["zones"][0]["left"], "1970-01-02T00:00:20.500Z");
  EXPECT_EQ(data["zones"][0]["zone_id"], "left");
  EXPECT_EQ(data["expires_at"], "1970-01-02T00:00:30.000Z");
  EXPECT_EQ(data["content"]["title"], "1970-01-01T00:00:30.000Z");
}

TEST(Draft, WhatIsNoneIsSaid) {
  for (const char* text : {"", "[]", "{}", R"({"type":1,"data":{},"time_us":1,"recorded_us":1})"}) {
    EXPECT_FALSE(settle_draft(text, Duration{0})) << text;
  }
}

}  // namespace
}  // namespace aisle::app
