// The JSON of adverts: every committed one gives what it should, keys in the contract's order.
#include <gtest/gtest.h>

#include "agent/base/random.hpp"
#include "ble/decode/decode.hpp"
#include "ble/decode/decode_json.hpp"
#include "tests/unit/decode/vectors.hpp"

namespace aisle::decode {
namespace {

TEST(Json, VectorsGiveTheirs) {
  const auto vectors = test::load_vectors();
  ASSERT_GE(vectors.size(), 60U);
  for (const auto& vector : vectors) {
    const auto decoded = nlohmann::ordered_json::parse(decode_to_json(vector.payload), nullptr, false);
    EXPECT_EQ(decoded, vector.expected) << vector.name;
  }
}

TEST(Json, IsOneLineWithoutBlanks) {
  EXPECT_EQ(decode_to_json(test::hex("0616d2fc4001610509")),
            R"({"beacons":[{"kind":"bthome","version":2,"encrypted":false,"measurements":[)"
            R"({"name":"battery","value":97,"unit":"%"}]}],"ad":[{"type":"0x16","data":"d2fc400161"}],)"
            R"("error":{"offset":7,"reason":"ad_overrun"}})");
  EXPECT_EQ(decode_to_json({}), R"({"beacons":[],"ad":[],"error":null})");
}

TEST(Json, ALongPayloadShowsAllItsBeacons) {
  constexpr std::size_t kMany = 3 * kMaxBeacons;
  Bytes payload;
  for (std::size_t i = 0; i < kMany; ++i) {
    const Bytes token = test::hex("11074f324f10c2369418fedd9f8b53eb11bf");
    payload.insert(payload.end(), token.begin(), token.end());
  }
  const auto decoded = nlohmann::json::parse(decode_to_json(payload), nullptr, false);
  EXPECT_EQ(decoded["beacons"].size(), kMany);
  EXPECT_EQ(decoded["ad"].size(), kMany);
  EXPECT_TRUE(decoded["error"].is_null());
}

// mantissa / 10^6 without trailing zeros.
std::string micro_text(std::int32_t mantissa) {
  std::string text = fmt::format("{}.{:06}", mantissa / 1000000, mantissa % 1000000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

TEST(Json, DecimalsPrintAsTheSensorMeantThem) {
  SeededRandom random(4);
  for (int i = 0; i < 20000; ++i) {
    // At least 100, below which the shortest form may have an exponent.
    const auto mantissa = static_cast<std::int32_t>(100 + random.below(0x7FFFFF00));
    Bytes payload = test::hex("0916d2fc406200000000");
    for (unsigned b = 0; b < 4; ++b) payload[6 + b] = static_cast<std::byte>(mantissa >> (8 * b) & 0xFF);
    ASSERT_NE(decode_to_json(payload).find("\"value\":" + micro_text(mantissa) + ","), std::string::npos) << mantissa;
  }
}

}  // namespace
}  // namespace aisle::decode
