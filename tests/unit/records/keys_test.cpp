#include "agent/base/hex.hpp"
#include "tests/unit/records/support.hpp"

namespace aisle::records {
namespace {

constexpr std::string_view kGoodKeys = R"({"ordinal":7,"day":18354,"key":"75c734c6dd1a782de7a965da5eb93125"})";

nlohmann::json packed(std::string_view hex) {
  return {{"day", 5}, {"packed", to_base64(*from_hex(hex))}};
}

TEST(KeyRecord, OneKey) {
  const auto keys = parse_keys(json_of(kGoodKeys), kFile);
  ASSERT_TRUE(keys.has_value());
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(keys->at(0).ordinal, 7U);
  EXPECT_EQ(keys->at(0).day, 18354);
  EXPECT_EQ(to_hex(keys->at(0).key), "75c734c6dd1a782de7a965da5eb93125");
}

TEST(KeyRecord, PackedKeysAreLittleEndianOrdinalAndKey) {
  const auto keys = parse_keys(packed("07000000000102030405060708090a0b0c0d0e0f"
                                      "01020304f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
                               kWire);
  ASSERT_TRUE(keys.has_value()) << keys.error().why;
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ(keys->at(0).ordinal, 7U);
  EXPECT_EQ(keys->at(1).ordinal, 0x04030201U);
  EXPECT_EQ(keys->at(1).day, 5);
  EXPECT_EQ(to_hex(keys->at(1).key), "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
}

TEST(KeyRecord, WrongFieldsAreNamed) {
  expect_refused(
      kGoodKeys,
      {{R"({"ordinal":null})", "ordinal", "required"},
       {R"({"ordinal":-1})", "ordinal", "an integer from 0 to 4294967295 expected, not -1"},
       {R"({"day":null})", "day", "required"},
       {R"({"day":100001})", "day", "from 0 to 100000"},
       {R"({"key":null})", "key", "required"},
       {R"({"key":7})", "key", "32 hex digits expected, not a number"},
       {R"({"key":"75c7"})", "key", "32 hex digits expected, not a text of 4 bytes"},
       {R"({"ordinal":null,"key":null,"sealed":"AAAA"})", "sealed", "[privacy] master_key is not set"},
       {R"({"sealed":"AAAA"})", "ordinal", "not together with \"sealed\""},
       {R"({"ordinal":null,"key":null,"sealed":"","packed":""})", "packed", "not together with \"sealed\""},
       {R"({"packed":""})", "ordinal", "not together with \"packed\""},
       {R"({"ordinal":null,"packed":""})", "key", "not together with \"packed\""},
       {R"({"ordinal":null,"key":null,"packed":7})", "packed", "not a number"},
       {R"({"ordinal":null,"key":null,"packed":"AA"})", "packed", "a multiple of 4"},
       {R"({"ordinal":null,"key":null,"packed":"AAAA"})", "packed", "a multiple of 20 bytes expected: not 3 bytes"},
       {R"({"id":"x"})", "id", "unknown field"}},
      [](const nlohmann::json& record) { return parse_keys(record, kFile); });
}

// A box that opens to its own bytes, but for the first, or does not open.
TEST(KeyRecord, SealedKeysAreThePackedOnesInABox) {
  const OpenBox open = [](ByteSpan box) -> Result<Bytes> {
    if (box.empty() || box[0] != std::byte{'!'}) return fail("not for us");
    return Bytes(box.begin() + 1, box.end());
  };
  ParseContext context = kWire;
  context.open_box = &open;
  context.last_key_day = 5;
  const auto sealed = [](std::string_view hex) {
    return nlohmann::json{{"day", 5}, {"sealed", to_base64(*from_hex(hex))}};
  };
  const auto keys = parse_keys(sealed("2107000000000102030405060708090a0b0c0d0e0f"), context);
  ASSERT_TRUE(keys.has_value()) << keys.error().why;
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(keys->at(0).ordinal, 7U);
  EXPECT_EQ(to_hex(keys->at(0).key), "000102030405060708090a0b0c0d0e0f");
  const auto closed = parse_keys(sealed("0707000000000102030405060708090a0b0c0d0e0f"), context);
  EXPECT_EQ(closed.error().field, "sealed");
  EXPECT_EQ(closed.error().why, "not for us");
  EXPECT_EQ(closed.error().id, "?/5");
  EXPECT_THAT(parse_keys(sealed("210700"), context).error().why, ::testing::HasSubstr("a multiple of 20 bytes"));
  context.last_key_day = 4;
  EXPECT_EQ(parse_keys(sealed("2107000000000102030405060708090a0b0c0d0e0f"), context).error().field, "day");
}

TEST(KeyRecord, DaysTooFarAheadAreRefused) {
  ParseContext context = kWire;
  context.last_key_day = 18354;
  EXPECT_TRUE(parse_keys(json_of(kGoodKeys), context).has_value());
  context.last_key_day = 18353;
  const auto keys = parse_keys(json_of(kGoodKeys), context);
  ASSERT_FALSE(keys.has_value());
  EXPECT_EQ(keys.error().id, "7/18354");
  EXPECT_EQ(keys.error().field, "day");
  EXPECT_EQ(keys.error().why, "at most two days ahead, 18353, expected, not 18354");
  context.last_key_day = 4;
  EXPECT_FALSE(parse_keys(packed("07000000000102030405060708090a0b0c0d0e0f"), context).has_value());
}

TEST(KeyRecord, ErrorsNeverShowTheKey) {
  auto record = json_of(kGoodKeys);
  record["key"] = "75c734c6dd1a782de7a965da5eb9312x";
  const auto keys = parse_keys(record, kWire);
  ASSERT_FALSE(keys.has_value());
  EXPECT_EQ(keys.error().id, "7/18354");
  EXPECT_EQ(keys.error().why.find("75c7"), std::string::npos);
  EXPECT_EQ(parse_json(R"({"key":"75c734c6","x":75c7})").error().message().find("75c7"), std::string::npos);
}

TEST(KeyRecord, PackedIsBounded) {
  nlohmann::json record = {{"day", 5}, {"packed", std::string(1'500'000, 'A')}};
  EXPECT_THAT(parse_keys(record, kWire).error().why, ::testing::HasSubstr("at most 1048576 bytes expected"));
  record["packed"] = to_base64(Bytes(52'428 * 20));
  EXPECT_EQ(parse_keys(record, kWire)->size(), 52'428U);
  record["packed"] = "";
  EXPECT_EQ(parse_keys(record, kWire)->size(), 0U);
}

}  // namespace
}  // namespace aisle::records
