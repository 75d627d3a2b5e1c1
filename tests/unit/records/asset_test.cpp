#include "tests/unit/records/support.hpp"

namespace aisle::records {
namespace {

constexpr std::string_view kGood =
    R"({"id":"a-1","kind":"trolley","eid":{"key":"0102030405060708090a111213141516","k":10},"zone":"door"})";

TEST(AssetRecord, EveryIdentifier) {
  const auto eid = parse_asset(json_of(kGood), kFile);
  ASSERT_TRUE(eid.has_value());
  EXPECT_EQ(eid->kind, AssetKind::trolley);
  EXPECT_EQ(eid->eid->k, 10);
  EXPECT_EQ(to_hex(eid->eid->key), "0102030405060708090a111213141516");
  EXPECT_EQ(eid->zone, "door");
  const auto irk = parse_asset(json_of(R"({"id":"a","kind":"staff","irk":"ec0234a357c8ad05341010a60a397d9b"})"), kFile);
  ASSERT_TRUE(irk.has_value());
  EXPECT_EQ(to_hex(*irk->irk), "ec0234a357c8ad05341010a60a397d9b");
  const auto fixed = parse_asset(
      json_of(
          R"({"id":"a","kind":"sensor","static":{"kind":"eddystone_uid","namespace":"000102030405060708aa","instance":"0a0b0c0d0e0f"}})"),
      kFile);
  ASSERT_TRUE(fixed.has_value());
  EXPECT_TRUE(std::holds_alternative<EddystoneUid>(*fixed->static_id));
}

TEST(AssetRecord, WrongFieldsAreNamed) {
  expect_refused(kGood,
                 {{R"({"id":null})", "id", "required"},
                  {R"({"kind":"robot"})", "kind",
                   "one of \"staff\", \"trolley\", \"sensor\", \"reference\" expected, not \"robot\""},
                  {R"({"eid":null})", "eid", "one of eid, irk and static expected"},
                  {R"({"eid":{"k":16}})", "eid.k", "from 0 to 15 expected, not 16"},
                  {R"({"eid":{"k":null}})", "eid.k", "required"},
                  {R"({"eid":{"key":"01"}})", "eid.key", "32 hex digits expected, not a text of 2 bytes"},
                  {R"({"eid":{"t":0}})", "eid.t", "unknown field"},
                  {R"({"irk":"zz"})", "irk", "32 hex digits expected"},
                  {R"({"static":{"kind":"x"}})", "static.kind", "one of"},
                  {R"({"zone":1})", "zone", "a text expected, not 1"}},
                 [](const nlohmann::json& record) { return parse_asset(record, kFile); });
}

}  // namespace
}  // namespace aisle::records
