#include "agent/base/random.hpp"
#include "tests/unit/records/support.hpp"

namespace aisle::records {
namespace {

using nlohmann::json;

// Values that no field of any record takes everywhere.
json odd_value(Random& random) {
  static const json kOdd = json::parse(R"([null, true, -1, 0, 1, 4294967296, 18446744073709551615, -9223372036854775808,
    1e308, -0.5, "", "x", "2026-01-01T00:00:00Z", "24:00", [], {}, [[]], [null], {"id": 1}, "\u0000", "\ud83d\ude00"])");
  return random.below(20) == 0 ? json(std::string(5000, 'z')) : kOdd[random.below(kOdd.size())];
}

// Replaces, removes or adds one value anywhere in the record.
void mutate(json& record, Random& random) {
  json* at = &record;
  while (at->is_structured() && !at->empty()) {
    auto child = at->begin();
    std::advance(child, static_cast<std::ptrdiff_t>(random.below(at->size())));
    if (!child->is_structured() || child->empty() || random.below(3) == 0) {
      if (random.below(4) == 0) {
        at->erase(child);
      } else {
        *child = odd_value(random);
      }
      return;
    }
    at = &*child;
  }
  *at = odd_value(random);
}

struct Sample {
  Dataset dataset;
  const char* text;
};

constexpr std::array kSamples = {
    Sample{Dataset::customers,
           R"({"id":"c","devices":[{"ordinal":7,"tx_offset_db":-4}],"consent":{"proximity":{"granted_at":
      "2026-01-01T00:00:00Z","ref":"r"}},"segments":["gold"],"tier":2,"static":[{"kind":"altbeacon","id1":
      "01020304-0506-0708-090a-0b0c0d0e0f10","id2":1,"id3":2}],"crit":["tier"]})"},
    Sample{Dataset::offers,
           R"({"id":"o","version":1,"content":{"en":{"title":"a","body":"b"}},"trigger":"enter","priority":1,
      "hours":[{"from":"08:00","to":"12:00"}],"caps":[{"scope":"offer","count":1,"period_s":9}],"coupon":{"code":"x"},
      "segments":{"any":["a"]},"reward":{"kind":"k","value":1,"currency":"EUR"},"days":["mon"]})"},
    Sample{Dataset::keys, R"({"ordinal":1,"day":2,"key":"75c734c6dd1a782de7a965da5eb93125"})"},
    Sample{Dataset::keys, R"({"day":2,"packed":"BwAAAAABAgMEBQYHCAkKCwwNDg8="})"},
    Sample{Dataset::assets,
           R"({"id":"a","kind":"staff","eid":{"key":"0102030405060708090a111213141516","k":1},"zone":"z"})"},
    Sample{Dataset::leases,
           R"({"id":"l","offer_id":"o","gateway":"g1","codes":["a"],"fence":1,"expires":"2026-01-01T00:00:00Z"})"},
    Sample{Dataset::inventory, R"({"sku":"s","quantity":1,"as_of":"2026-01-01T00:00:00Z"})"},
    Sample{Dataset::orders, R"({"id":"o","customer_id":"c","state":"ready"})"}};

TEST(HostileRecords, MutationsAreTakenOrRefusedByField) {
  SeededRandom random(7);
  std::size_t taken = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Sample& sample = kSamples.at(random.below(kSamples.size()));
    json record = json::parse(sample.text);
    for (std::uint64_t n = random.below(3); n > 0; --n) mutate(record, random);
    const ParseContext context{random.below(2) == 0 ? Strictness::wire : Strictness::file, true};
    const auto parsed = check_other(sample.dataset, record, context);
    (parsed ? taken : refused) += 1;
    if (parsed) continue;
    EXPECT_FALSE(parsed.error().why.empty());
    EXPECT_LT(parsed.error().why.size(), 400U);
    EXPECT_TRUE(!parsed.error().field.empty() || !record.is_object()) << canonical(record);
  }
  EXPECT_GT(taken, 5'000U);
  EXPECT_GT(refused, 5'000U);
}

TEST(HostileRecords, MutatedTextNeverCrashesTheParser) {
  SeededRandom random(8);
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = kSamples.at(random.below(kSamples.size())).text;
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n)
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    const auto value = parse_json(text);
    refused += value ? 0U : 1U;
    if (value) {
      EXPECT_EQ(canonical(*parse_json(canonical(*value))), canonical(*value));
    }
  }
  EXPECT_GT(refused, 5'000U);
}

}  // namespace
}  // namespace aisle::records
