#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

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

nlohmann::json customer(const std::string& id, const nlohmann::json& tier) {
  return {{"id", id}, {"devices", nlohmann::json::array()}, {"consent", nlohmann::json::object()}, {"tier", tier}};
}

CheckedChange check_customers(std::vector<nlohmann::json> deletes, std::vector<nlohmann::json> upserts,
                              bool replace_all = false) {
  return check({Dataset::customers, replace_all, std::move(deletes), std::move(upserts)}, {});
}

TEST(CheckedCustomers, WhoIsDeletedAndThereAgainIsReplaced) {
  const auto checked = check_customers({"c-1", "c-2", "c-2"}, {customer("c-1", 1)});
  EXPECT_THAT(checked.deleted_customers, testing::ElementsAre("c-2"));
  EXPECT_THAT(checked.withdrawn_customers, testing::IsEmpty());
  EXPECT_THAT(stored_ids(checked), testing::ElementsAre("c-1"));
}

TEST(CheckedCustomers, WhoseRecordIsRefusedIsWithdrawnNotDeleted) {
  const auto checked = check_customers({"c-3"}, {customer("c-1", "x"), customer("c-2", "x"), customer("c-2", 1),
                                                 customer("c-3", "x"), customer("c-1", "y")});
  EXPECT_THAT(checked.withdrawn_customers, testing::ElementsAre("c-1"));
  EXPECT_THAT(checked.deleted_customers, testing::ElementsAre("c-3"));
  EXPECT_THAT(checked.change.record_deletes, testing::IsSupersetOf({"c-1", "c-3"}));
}

TEST(CheckedCustomers, ASetThatIsReplacedDeletesNobody) {
  const auto checked = check_customers({}, {customer("c-1", "x"), customer("c-2", 1)}, true);
  EXPECT_THAT(checked.change.record_deletes, testing::IsEmpty());
  EXPECT_THAT(checked.deleted_customers, testing::IsEmpty());
  EXPECT_THAT(checked.withdrawn_customers, testing::IsEmpty());
}

std::vector<std::string> told(const CheckedChange& checked) {
  std::vector<std::string> out;
  for (const auto& error : checked.refused) out.push_back(error.id + "|" + error.field + "|" + error.why);
  return out;
}

TEST(CheckedChanges, WhatHasNoIdIsToldByItsPlace) {
  RawChange raw;
  raw.deletes = {"a", 5};
  raw.upserts = {5, offer("b", 1), nullptr, nlohmann::json::object()};
  const auto checked = check(raw, {});
  EXPECT_THAT(told(checked),
              testing::ElementsAre("|deletes[1]|an id expected, not number", "|upserts[0]|an object expected, not 5",
                                   "|upserts[2]|an object expected, not null", testing::StartsWith("|upserts[3].id|")));
  EXPECT_THAT(stored_ids(checked), testing::ElementsAre("b"));
  raw.places = {2, 3, 5, 8};
  raw.place_word = "line";
  EXPECT_THAT(told(check(raw, {})),
              testing::IsSupersetOf({testing::StartsWith("|line 2|an object"), testing::StartsWith("|line 8: id|")}));
}

TEST(CheckedFiles, AnIdThatWasThereIsRefusedAndTheFirstCounts) {
  RawChange raw;
  raw.replace_all = true;
  raw.upserts = {offer("a", 1), offer("b", 1), offer("a", 2)};
  EXPECT_THAT(told(check(raw, {})), testing::IsEmpty()) << "on the wire the last one counts";
  raw.places = {1, 2, 4};
  raw.place_word = "line";
  const auto checked = check(raw, {records::Strictness::file});
  EXPECT_THAT(told(checked), testing::ElementsAre("a|id|already in this file, line 1 (line 4)"));
  EXPECT_THAT(stored_ids(checked), testing::ElementsAre("a", "b"));
  ASSERT_EQ(checked.offers.size(), 2U);
  EXPECT_EQ(checked.offers[0].priority, 1);
}

TEST(CheckedFiles, AnotherKeyForOneOrdinalAndDayIsRefused) {
  const auto key = [](int ordinal, int day, char digit) {
    return nlohmann::json{{"ordinal", ordinal}, {"day", day}, {"key", std::string(32, digit)}};
  };
  RawChange raw;
  raw.dataset = Dataset::keys;
  raw.replace_all = true;
  // Packed: ordinal 2 with a key of zeros.
  raw.upserts = {key(1, 20, '1'), key(1, 21, '2'), key(1, 20, '1'),
                 key(1, 20, '3'), key(2, 20, '4'), {{"day", 20}, {"packed", "AgAAAAAAAAAAAAAAAAAAAAAAAAA="}}};
  raw.places = {1, 2, 3, 4, 5, 6};
  raw.place_word = "record";
  const auto checked = check(raw, {records::Strictness::file});
  EXPECT_THAT(told(checked),
              testing::ElementsAre("1/20|key|another one was already in this file, record 1 (record 4)",
                                   "2/20|key|another one was already in this file, record 5 (record 6)"));
  EXPECT_EQ(checked.change.key_upserts.size(), 4U);
}

nlohmann::json lease(const std::string& id, std::int64_t fence) {
  return {{"id", id},   {"offer_id", "o"}, {"gateway", "g1"},
          {"units", 5}, {"fence", fence},  {"expires", "2030-01-01T00:00:00Z"}};
}

CheckedChange check_leases(std::vector<nlohmann::json> upserts, const records::ParseContext& context) {
  RawChange raw;
  raw.dataset = Dataset::leases;
  raw.upserts = std::move(upserts);
  return check(raw, context);
}

TEST(CheckedLeases, AFenceBelowOneThatWasSeenIsRefusedByName) {
  const std::map<std::string, std::int64_t> seen{{"a", 3}, {"b", 3}};
  records::ParseContext context;
  context.lease_fences = &seen;
  const auto checked =
      check_leases({lease("a", 2), lease("b", 3), lease("c", 1), lease("d", 2), lease("d", 1)}, context);
  EXPECT_THAT(stored_ids(checked), testing::ElementsAre("b", "c"));
  ASSERT_EQ(checked.refused.size(), 2U);
  EXPECT_EQ(checked.refused[0].id, "a");
  EXPECT_EQ(checked.refused[0].field, "fence");
  EXPECT_EQ(checked.refused[1].id, "d") << "within one message too";
  EXPECT_EQ(checked.change.lease_fences.at("d"), 2);
}

TEST(CheckedLeases, AfterALostDatabaseAFenceMustRise) {
  records::ParseContext context;
  context.leases_lost = true;
  const auto lost = check_leases({lease("a", 3)}, context);
  EXPECT_EQ(lost.refused.size(), 1U);
  context.leases_lost = false;
  context.lease_fences = &lost.change.lease_fences;
  EXPECT_EQ(check_leases({lease("a", 3)}, context).refused.size(), 1U);
  EXPECT_THAT(stored_ids(check_leases({lease("a", 4)}, context)), testing::ElementsAre("a"));
}

}  // namespace
}  // namespace aisle::datasets
