#include "agent/app/outbox_json.hpp"

#include <gtest/gtest.h>

namespace aisle::app {
namespace {

store::OutboxRow row_with(std::string payload) {
  store::OutboxRow row;
  row.id = 7;
  row.event = {"e1", 3, "zone.entered", std::move(payload), 0, false};
  return row;
}

TEST(OutboxJson, ThePayloadIsShownByteForByte) {
  const std::string payload = R"({"type":"z","id":"a","n":1.50,"data":{"b":1,"a":2}})";
  const std::string line = row_line(row_with(payload));
  EXPECT_TRUE(line.ends_with(",\"event\":" + payload + "}")) << line;
  EXPECT_EQ(nlohmann::json::parse(line)["id"], 7);
  const store::DeadLetter letter{row_with(payload), 0x87, "why"};
  EXPECT_TRUE(letter_line(letter).ends_with(",\"event\":" + payload + "}")) << letter_line(letter);
  EXPECT_EQ(nlohmann::json::parse(letter_line(letter))["reason"], "why");
}

TEST(OutboxJson, APayloadThatIsNoLineOfJsonIsAString) {
  for (const std::string payload : {"", "{\"a\":", "{\n}", "\"\xff"}) {
    const auto shown = nlohmann::json::parse(row_line(row_with(payload)), nullptr, false);
    ASSERT_FALSE(shown.is_discarded()) << payload;
    EXPECT_TRUE(shown["event"].is_string()) << payload;
  }
}

}  // namespace
}  // namespace aisle::app
