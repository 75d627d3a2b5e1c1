#include "tests/unit/records/support.hpp"

namespace aisle::records {
namespace {

auto checked(Dataset dataset) {
  return [dataset](const nlohmann::json& record) { return check_other(dataset, record, kFile); };
}

TEST(OtherRecords, Leases) {
  constexpr std::string_view good =
      R"({"id":"l-1","offer_id":"latte","gateway":"g1","units":100,"fence":3,"expires":"2026-01-01T00:00:00Z"})";
  EXPECT_EQ(check_other(Dataset::leases, json_of(good), kFile), "l-1");
  expect_refused(good,
                 {{R"({"id":null})", "id", "required"},
                  {R"({"offer_id":1})", "offer_id", "a text expected, not 1"},
                  {R"({"gateway":"G1"})", "gateway", "a gateway id expected, not \"G1\""},
                  {R"({"units":null})", "units", "either units or codes"},
                  {R"({"units":0})", "units", "an integer from 1"},
                  {R"({"codes":["A1"]})", "codes", "either units or codes"},
                  {R"({"units":null,"codes":[1]})", "codes[0]", "a text expected, not 1"},
                  {R"({"fence":null})", "fence", "required"},
                  {R"({"expires":"never"})", "expires", "a time such as"}},
                 checked(Dataset::leases));
}

TEST(OtherRecords, Inventory) {
  constexpr std::string_view good =
      R"({"sku":"4006381333931","quantity":12,"as_of":"2026-01-01T00:00:00Z","zone":"coffee"})";
  EXPECT_EQ(check_other(Dataset::inventory, json_of(good), kFile), "4006381333931");
  expect_refused(good,
                 {{R"({"sku":4006381333931})", "sku", "a text expected, not 4006381333931"},
                  {R"({"quantity":"12"})", "quantity", "an integer"},
                  {R"({"as_of":null})", "as_of", "required"},
                  {R"({"id":"x"})", "id", "unknown field"}},
                 checked(Dataset::inventory));
}

TEST(OtherRecords, Orders) {
  constexpr std::string_view good =
      R"({"id":"o-1","customer_id":"c-81f2","state":"placed","pickup_zone":"desk","due":"2026-01-01T00:00:00Z","min_assurance":"challenge"})";
  EXPECT_EQ(check_other(Dataset::orders, json_of(good), kFile), "o-1");
  expect_refused(good,
                 {{R"({"customer_id":null})", "customer_id", "required"},
                  {R"({"state":"lost"})", "state", "one of \"placed\", \"ready\", \"collected\", \"cancelled\""},
                  {R"({"due":1})", "due", "a time such as"},
                  {R"({"min_assurance":"high"})", "min_assurance", "one of \"static\""}},
                 checked(Dataset::orders));
}

TEST(OtherRecords, TheOtherDatasetsAreCheckedByTheirOwnReaders) {
  EXPECT_EQ(check_other(Dataset::offers, json_of(R"({"id":"x"})"), kFile).error().field, "version");
  EXPECT_EQ(check_other(Dataset::assets, json_of(R"({"id":"x"})"), kFile).error().field, "kind");
  EXPECT_EQ(check_other(Dataset::customers, json_of(R"({"id":"x"})"), kFile).error().field, "devices");
  EXPECT_EQ(check_other(Dataset::keys, json_of(R"({"day":1})"), kFile).error().field, "ordinal");
}

TEST(RecordId, IsTheTextThatNamesTheRecord) {
  EXPECT_EQ(record_id(Dataset::offers, json_of(R"({"id":"a","sku":"b"})")), "a");
  EXPECT_EQ(record_id(Dataset::inventory, json_of(R"({"id":"a","sku":"b"})")), "b");
  EXPECT_EQ(record_id(Dataset::offers, json_of(R"({"id":7})")), "");
  EXPECT_EQ(record_id(Dataset::offers, json_of(R"([])")), "");
  EXPECT_EQ(record_id(Dataset::keys, json_of(R"({"id":"a"})")), "");
}

}  // namespace
}  // namespace aisle::records
