#include "tests/unit/records/support.hpp"

namespace aisle::records {
namespace {

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST(JsonText, DepthIsBounded) {
  EXPECT_TRUE(parse_json(nested(64)).has_value());
  EXPECT_EQ(parse_json(nested(65)).error().message(), "JSON nested more than 64 levels deep at byte 65");
  EXPECT_FALSE(parse_json(std::string(10'000'000, '[')).has_value());
  EXPECT_TRUE(parse_json("\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"").has_value());
}

TEST(JsonText, WrongTextIsRefusedWithItsPlace) {
  EXPECT_EQ(parse_json("").error().message(), "not JSON at byte 1");
  EXPECT_EQ(parse_json("{\"a\":1").error().message(), "not JSON at byte 7");
  EXPECT_EQ(parse_json("{\"a\":tru}").error().message(), "not JSON at byte 9");
  EXPECT_EQ(parse_json("[1] 2").error().message(), "not JSON at byte 5");
  EXPECT_FALSE(parse_json("\"\xFF\"").has_value());
  EXPECT_FALSE(parse_json("\"\\ud800\"").has_value());
  EXPECT_FALSE(parse_json("[NaN]").has_value());
}

TEST(JsonText, AHugeNumberIsLeftToItsField) {
  const std::string digits(400, '9');
  const auto parsed =
      parse_json("{\"a\":1e999,\"b\":[-1e999,1,2.5e3],\"c\\\" 1e999\":\"-1e999\",\"d\":" + digits + "}");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
  constexpr double kMost = std::numeric_limits<double>::max();
  EXPECT_EQ(*parsed, nlohmann::json({{"a", kMost}, {"b", {-kMost, 1, 2500.0}}, {"c\" 1e999", "-1e999"}, {"d", kMost}}));
  EXPECT_EQ(parse_json("[1e999] 2").error().message(), "not JSON at byte 26");
  EXPECT_FALSE(parse_json("[1e999, \"").has_value());
  EXPECT_FALSE(parse_json("[1e999e1]").has_value());
}

TEST(JsonText, SizeIsBounded) {
  EXPECT_THAT(parse_json(std::string((64U << 20U) + 1, ' ')).error().message(),
              ::testing::HasSubstr("at most 67108864 bytes"));
}

TEST(JsonText, CanonicalTextIsTheSameForEqualRecords) {
  EXPECT_EQ(canonical(json_of("{ \"b\" : [1, 2.50], \"a\":{\"d\":\"\\u00e9\",\"c\":null} }")),
            "{\"a\":{\"c\":null,\"d\":\"\xC3\xA9\"},\"b\":[1,2.5]}");
  EXPECT_EQ(canonical(json_of(R"({"a":1,"b":2})")), canonical(json_of(R"({"b":2,"a":1})")));
}

}  // namespace
}  // namespace aisle::records
