#include "tests/unit/records/support.hpp"

namespace aisle::records {
namespace {

constexpr std::string_view kGoodCustomer =
    R"({"id":"c-81f2","devices":[{"ordinal":7,"tx_offset_db":-4},{"ordinal":4294967295}],
  "consent":{"proximity":{"granted_at":"2026-01-01T00:00:00Z","expires_at":"2027-01-01T00:00:00Z","ref":"r1"},
  "offers":{"granted_at":"2026-01-01T00:00:00+05:30"}},
  "language":"hi","segments":["gold"],"tier":2,"interests":["coffee"],"list":["4006381333931"]})";

TEST(CustomerRecord, EveryFieldIsRead) {
  const auto customer = parse_customer(json_of(kGoodCustomer), kFile);
  ASSERT_TRUE(customer.has_value());
  EXPECT_EQ(customer->id, "c-81f2");
  ASSERT_EQ(customer->devices.size(), 2U);
  EXPECT_EQ(customer->devices[0].ordinal, 7U);
  EXPECT_EQ(customer->devices[0].tx_offset_db, -4);
  EXPECT_EQ(customer->devices[1].ordinal, 4294967295U);
  EXPECT_EQ(customer->proximity->ref, "r1");
  EXPECT_EQ(format_rfc3339(*customer->proximity->expires_at), "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(format_rfc3339(customer->offers->granted_at), "2025-12-31T18:30:00.000Z");
  EXPECT_FALSE(customer->analytics.has_value());
  EXPECT_EQ(customer->language, "hi");
  EXPECT_THAT(customer->segments, ::testing::ElementsAre("gold"));
  EXPECT_EQ(customer->tier, 2);
  EXPECT_THAT(customer->list, ::testing::ElementsAre("4006381333931"));
}

TEST(CustomerRecord, LeastThatWorks) {
  EXPECT_TRUE(parse_customer(json_of(R"({"id":"c","devices":[],"consent":{}})"), kFile).has_value());
}

TEST(CustomerRecord, WrongFieldsAreNamed) {
  expect_refused(
      kGoodCustomer,
      {{R"({"id":null})", "id", "required"},
       {R"({"id":""})", "id", "a text of 1 to 128 bytes expected, not 0"},
       {R"({"id":7})", "id", "a text expected, not 7"},
       {R"({"id":"a\u0007"})", "id", "without control characters"},
       {R"({"devices":null})", "devices", "required"},
       {R"({"devices":{}})", "devices", "an array of at most 16 expected, not an object"},
       {R"({"devices":[7]})", "devices[0]", "an object expected, not 7"},
       {R"({"devices":[{"ordinal":"x"}]})", "devices[0].ordinal",
        "an integer from 0 to 4294967295 expected, not \"x\""},
       {R"({"devices":[{"ordinal":4294967296}]})", "devices[0].ordinal", "not 4294967296"},
       {R"({"devices":[{"ordinal":18446744073709551615}]})", "devices[0].ordinal", "not 18446744073709551615"},
       {R"({"devices":[{"ordinal":1.0}]})", "devices[0].ordinal", "not 1.0"},
       {R"({"devices":[{"ordinal":1},{"ordinal":1}]})", "devices[1].ordinal", "another device's already"},
       {R"({"devices":[{"ordinal":1,"tx_offset_db":41}]})", "devices[0].tx_offset_db",
        "from -40 to 40 expected, not 41"},
       {R"({"devices":[{"ordinal":1,"tx":1}]})", "devices[0].tx", "unknown field; known here: ordinal, tx_offset_db"},
       {R"({"devices":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]})", "devices", "at most 16 expected, not 17"},
       {R"({"consent":null})", "consent", "required"},
       {R"({"consent":{"proximity":true}})", "consent.proximity", "an object expected, not true"},
       {R"({"consent":{"proximity":{"granted_at":null}}})", "consent.proximity.granted_at", "required"},
       {R"({"consent":{"offers":{"granted_at":"soon"}}})", "consent.offers.granted_at", "a time such as"},
       {R"({"consent":{"proximity":{"expires_at":"2025-01-01T00:00:00Z"}}})", "consent.proximity.expires_at",
        "after granted_at"},
       {R"({"consent":{"marketing":{}}})", "consent.marketing", "unknown field"},
       {R"({"language":"h i"})", "language", "a language tag"},
       {R"({"segments":["a",1]})", "segments[1]", "a text expected, not 1"},
       {R"({"segments":"gold"})", "segments", "an array of at most 256 expected"},
       {R"({"tier":-1})", "tier", "an integer from 0"},
       {R"({"tier":true})", "tier", "not true"},
       {R"({"static":[]})", "static", "allow_static"},
       {R"({"tear":1})", "tear", "unknown field"}},
      [](const nlohmann::json& record) { return parse_customer(record, kFile); });
}

TEST(CustomerRecord, ErrorsCarryTheId) {
  auto record = json_of(kGoodCustomer);
  record["tier"] = "x";
  EXPECT_EQ(parse_customer(record, kWire).error().id, "c-81f2");
  EXPECT_EQ(parse_customer(json_of("[1]"), kWire).error().why, "an object expected, not an array");
  EXPECT_EQ(parse_customer(json_of("[1]"), kWire).error().id, "");
}

TEST(CustomerRecord, StaticIdentifiersOnlyWhereAllowed) {
  auto record = json_of(kGoodCustomer);
  record["static"] =
      json_of(R"([{"kind":"ibeacon","uuid":"01020304-0506-0708-090A-0b0c0d0e0f10","major":1,"minor":65535},
    {"kind":"altbeacon","id1":"01020304-0506-0708-090a-0b0c0d0e0f10","id2":2,"id3":3},
    {"kind":"eddystone_uid","namespace":"000102030405060708aa","instance":"0a0b0c0d0e0f"}])");
  EXPECT_EQ(parse_customer(record, kWire).error().field, "static");
  const auto customer = parse_customer(record, {Strictness::file, true});
  ASSERT_TRUE(customer.has_value()) << customer.error().why;
  ASSERT_EQ(customer->static_ids.size(), 3U);
  EXPECT_EQ(std::get<IBeaconId>(customer->static_ids[0]).minor, 65535);
  EXPECT_EQ(std::get<IBeaconId>(customer->static_ids[0]).uuid[9], std::byte{0x0a});
  EXPECT_EQ(std::get<AltBeaconId>(customer->static_ids[1]).id3, 3);
  EXPECT_EQ(std::get<EddystoneUid>(customer->static_ids[2]).name_space[9], std::byte{0xaa});
}

TEST(CustomerRecord, WrongStaticIdentifiersAreNamed) {
  expect_refused(
      R"({"id":"c","devices":[],"consent":{},"static":[]})",
      {{R"({"static":[{}]})", "static[0].kind", "required"},
       {R"({"static":[{"kind":"bthome"}]})", "static[0].kind", "one of \"ibeacon\", \"altbeacon\", \"eddystone_uid\""},
       {R"({"static":[{"kind":"ibeacon","uuid":"01","major":1,"minor":1}]})", "static[0].uuid", "a UUID with hyphens"},
       {R"({"static":[{"kind":"ibeacon","uuid":"01020304-0506-0708-090a-0b0c0d0e0f10","major":65536,"minor":1}]})",
        "static[0].major", "from 0 to 65535"},
       {R"({"static":[{"kind":"eddystone_uid","namespace":"00","instance":"0a0b0c0d0e0f"}]})", "static[0].namespace",
        "20 hex digits"},
       {R"({"static":[{"kind":"eddystone_uid","namespace":"000102030405060708aa","instance":"0a0b0c0d0e0f","major":1}]})",
        "static[0].major", "unknown field"}},
      [](const nlohmann::json& record) {
        return parse_customer(record, {Strictness::file, true});
      });
}

TEST(CustomerRecord, WireIgnoresUnknownFieldsUnlessCritical) {
  auto record = json_of(kGoodCustomer);
  record["loyalty"] = 1;
  record["devices"][0]["model"] = "x";
  EXPECT_TRUE(parse_customer(record, kWire).has_value());
  record["crit"] = {"tier"};
  EXPECT_TRUE(parse_customer(record, kWire).has_value());
  record["crit"] = {"tier", "loyalty"};
  EXPECT_EQ(parse_customer(record, kWire).error().field, "crit");
  EXPECT_THAT(parse_customer(record, kWire).error().why, ::testing::HasSubstr("\"loyalty\" is critical"));
  record["crit"] = "loyalty";
  EXPECT_EQ(parse_customer(record, kWire).error().field, "crit");
  auto plain = json_of(kGoodCustomer);
  plain["crit"] = {"tier", "static"};
  EXPECT_TRUE(parse_customer(plain, kFile).has_value());
}

}  // namespace
}  // namespace aisle::records
