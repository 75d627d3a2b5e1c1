#include "sync/core/dataset_wire.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aisle::sync {
namespace {

TEST(DatasetWire, ReadsADelta) {
  const auto wire =
      parse_dataset_message(R"({"epoch":"e1","from":3,"to":5,"deletes":["a"],"upserts":[{"id":"b"}],"later":{"x":1}})");
  ASSERT_TRUE(wire.has_value()) << wire.error().message();
  const auto& delta = std::get<Delta>(*wire);
  EXPECT_EQ(delta.epoch, "e1");
  EXPECT_EQ(delta.from, 3U);
  EXPECT_EQ(delta.to, 5U);
  ASSERT_EQ(delta.deletes.size(), 1U);
  EXPECT_EQ(delta.upserts.at(0)["id"], "b");
}

TEST(DatasetWire, ReadsAPage) {
  const auto wire = parse_dataset_message(
      R"({"epoch":"e1","snapshot":"S","page":0,"pages":2,"to":9007199254740992,"upserts":[{"id":"b"}]})");
  ASSERT_TRUE(wire.has_value()) << wire.error().message();
  const auto& page = std::get<SnapshotPage>(*wire);
  EXPECT_EQ(page.snapshot, "S");
  EXPECT_EQ(page.pages, 2U);
  EXPECT_EQ(page.to, kMaxWireInteger);
}

class Malformed : public ::testing::TestWithParam<const char*> {};
TEST_P(Malformed, IsRefused) {
  EXPECT_FALSE(parse_dataset_message(GetParam()).has_value());
}
INSTANTIATE_TEST_SUITE_P(
    Messages, Malformed,
    ::testing::Values("", "{", "[]", "null", "7", "\"x\"", "{}", R"({"epoch":"e","from":1})",
                      R"({"epoch":7,"from":1,"to":2})", R"({"epoch":"","from":1,"to":2})",
                      R"({"epoch":"e","from":-1,"to":2})", R"({"epoch":"e","from":1.0,"to":2})",
                      R"({"epoch":"e","from":"1","to":2})", R"({"epoch":"e","from":1,"to":9007199254740993})",
                      R"({"epoch":"e","from":1,"to":1e300})", R"({"epoch":"e","from":3,"to":2})",
                      R"({"epoch":"e","from":1,"to":2,"deletes":{}})", R"({"epoch":"e","from":1,"to":2,"upserts":7})",
                      R"({"epoch":"e","from":2,"to":2,"upserts":[{"id":"a"}]})", R"({"epoch":"e","from":1,"to":2})",
                      R"({"epoch":"e","from":1,"to":2,"later":[]})",
                      R"({"epoch":"e","from":1,"to":2,"upserts":[],"crit":["later"],"later":1})",
                      R"({"epoch":"e","from":1,"to":2,"upserts":[],"crit":"from"})",
                      R"({"epoch":"e","from":1,"to":2,"upserts":[],"crit":[1]})",
                      R"({"epoch":"e","snapshot":"","page":0,"pages":1,"to":1})",
                      R"({"epoch":"e","snapshot":{},"page":0,"pages":1,"to":1})",
                      R"({"epoch":"e","snapshot":"S","page":0,"pages":0,"to":1})",
                      R"({"epoch":"e","snapshot":"S","page":3,"pages":2,"to":1})",
                      R"({"epoch":"e","snapshot":"S","page":0,"pages":4000000000,"to":1})",
                      R"({"epoch":"e","snapshot":"S","pages":1,"to":1})",
                      "{\"epoch\":\"\xff\",\"from\":1,\"to\":2,\"upserts\":[]}"));

TEST(DatasetWire, OneListIsEnoughAndAConfirmationNeedsNone) {
  for (const char* message : {R"({"epoch":"e","from":1,"to":2,"deletes":[]})",
                              R"({"epoch":"e","from":1,"to":2,"upserts":[]})", R"({"epoch":"e","from":2,"to":2})"}) {
    const auto parsed = parse_dataset_message(message);
    ASSERT_TRUE(parsed.has_value()) << message;
    EXPECT_EQ(std::get<Delta>(*parsed).to, 2U);
  }
}

TEST(DatasetWire, KnownCriticalFieldsAreFine) {
  EXPECT_TRUE(
      parse_dataset_message(R"({"epoch":"e","from":1,"to":2,"upserts":[],"crit":["from","upserts"]})").has_value());
}

TEST(DatasetWire, DeepNestingIsRefused) {
  const std::string deep = R"({"epoch":"e","from":1,"to":2,"upserts":)" + std::string(100'000, '[');
  EXPECT_FALSE(parse_dataset_message(deep).has_value());
  EXPECT_FALSE(parse_dataset_message(deep + std::string(100'000, ']') + "}").has_value());
}

TEST(DatasetWire, SizesAreBounded) {
  const std::string filler(kMaxPageBytes, 'x');
  EXPECT_TRUE(parse_dataset_message(R"({"epoch":"e","from":1,"to":2,"deletes":[],"x":")" + filler + "\"}").has_value());
  EXPECT_FALSE(
      parse_dataset_message(R"({"epoch":"e","snapshot":"S","page":0,"pages":1,"to":1,"x":")" + filler + "\"}"));
  EXPECT_FALSE(parse_dataset_message(std::string(kMaxDeltaBytes + 1, ' ')).has_value());
}

TEST(DatasetWire, WritesRequests) {
  EXPECT_EQ(dataset_request("", 0, nullptr, 0),
            R"({"epoch":null,"cursor":0,"snapshot":null,"page":0,"max_bytes":100000})");
  EXPECT_EQ(dataset_request("e", 7, "S", 3), R"({"epoch":"e","cursor":7,"snapshot":"S","page":3,"max_bytes":100000})");
}

}  // namespace
}  // namespace aisle::sync
