#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/datasets/datasets.hpp"

namespace aisle::datasets {
namespace {

nlohmann::json offer(const std::string& id, const nlohmann::json& priority) {
  return {{"id", id},
          {"version", 1},
          {"content", {{"en", {{"title", "T"}, {"body", "B"}}}}},
          {"trigger", "enter"},
          {"priority", priority}};
}

CheckedChange check_offers(std::vector<nlohmann::json> upserts, bool replace_all = false) {
  RawChange raw;
  raw.replace_all = replace_all;
  raw.upserts = std::move(upserts);
  return check(raw, {});
}

std::vector<std::string> stored_ids(const CheckedChange& checked) {
  std::vector<std::string> out;
  for (const auto& record : checked.change.record_upserts) out.push_back(record.id);
  return out;
}

std::vector<std::string> used_ids(const CheckedChange& checked) {
  std::vector<std::string> out;
  for (const auto& one : checked.offers) out.push_back(one.id);
  return out;
}

TEST(CheckedChanges, ARefusedRecordRemovesAnOlderOneOfItsId) {
  for (const bool replace_all : {false, true}) {
    const auto checked = check_offers({offer("a", 1), offer("b", 1), offer("a", "x")}, replace_all);
    EXPECT_THAT(stored_ids(checked), testing::ElementsAre("b"));
    EXPECT_THAT(used_ids(checked), testing::ElementsAre("b"));
    EXPECT_THAT(checked.change.record_deletes, testing::ElementsAre("a"));
    EXPECT_EQ(checked.refused.size(), 1U);
  }
}

TEST(CheckedChanges, ARefusedRecordIsReplacedByANewerOneOfItsId) {
  const auto checked = check_offers({offer("a", 1), offer("a", "x"), offer("a", 2), offer("b", "x")});
  EXPECT_THAT(stored_ids(checked), testing::ElementsAre("a"));
  ASSERT_EQ(checked.offers.size(), 1U);
  EXPECT_EQ(checked.offers[0].priority, 2);
  EXPECT_EQ(checked.refused.size(), 2U);
}

}  // namespace
}  // namespace aisle::datasets
