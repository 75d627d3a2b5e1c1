// What holds for any bytes: nothing is read outside, the JSON parses, and cutting an advert short only takes away.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/base/random.hpp"
#include "ble/decode/ad_reader.hpp"
#include "ble/decode/decode.hpp"
#include "ble/decode/decode_json.hpp"
#include "tests/unit/decode/vectors.hpp"

namespace aisle::decode {
namespace {

using nlohmann::json;

// Decodes a copy of exactly the payload's size, so that a sanitizer sees any byte read beyond it.
json decode_exact(ByteSpan payload) {
  const Bytes copy(payload.begin(), payload.end());
  json out = json::parse(decode_to_json(copy), nullptr, false);
  EXPECT_FALSE(out.is_discarded()) << to_hex(payload);
  return out;
}

Bytes random_bytes(Random& random, std::size_t size) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  return bytes;
}

// Sound structures of the types that decoders look at, with a known key in front and random data after it.
Bytes random_structures(Random& random) {
  static const std::vector<std::string> kStarts = {"ff4c000215",   "ff4c0001",   "ff1801beac", "16aafe00", "16aafe10",
                                                   "16aafe2000",   "16aafe30",   "16d2fc40",   "16d2fc41", "07",
                                                   "074f324f10c2", "064f324f10", "ff",         "16"};
  Bytes payload;
  for (std::uint64_t n = random.below(5); n-- > 0;) {
    Bytes structure = test::hex(kStarts[random.below(kStarts.size())]);
    const Bytes data = random_bytes(random, random.below(40));
    structure.insert(structure.end(), data.begin(), data.end());
    payload.push_back(static_cast<std::byte>(structure.size()));
    payload.insert(payload.end(), structure.begin(), structure.end());
  }
  return payload;
}

TEST(DecodeProperty, RandomBytesGiveJson) {
  SeededRandom random(1);
  for (int i = 0; i < 20000; ++i) {
    const json out = decode_exact(random_bytes(random, random.below(64)));
    ASSERT_EQ(out.size(), 3U);
  }
}

TEST(DecodeProperty, SoundStructuresNeverOverrun) {
  SeededRandom random(2);
  std::size_t beacons = 0;
  for (int i = 0; i < 20000; ++i) {
    const Bytes payload = random_structures(random);
    const json out = decode_exact(payload);
    beacons += out.at("beacons").size();
    if (!out.at("error").is_null()) {
      ASSERT_NE(out.at("error").at("reason"), "ad_overrun") << to_hex(payload);
    }
  }
  EXPECT_GT(beacons, 5000U);
}

TEST(DecodeProperty, EveryPrefixTakesAwayOnly) {
  for (const auto& vector : test::load_vectors()) {
    const json full = decode_exact(vector.payload);
    for (std::size_t size = 0; size < vector.payload.size(); ++size) {
      const json cut = decode_exact(ByteSpan(vector.payload).first(size));
      ASSERT_LE(cut.at("ad").size(), full.at("ad").size()) << vector.name;
      ASSERT_LE(cut.at("beacons").size(), full.at("beacons").size()) << vector.name;
      for (std::size_t i = 0; i < cut.at("beacons").size(); ++i) {
        ASSERT_EQ(cut.at("beacons")[i], full.at("beacons")[i]) << vector.name << " cut to " << size;
      }
    }
  }
}

TEST(DecodeProperty, DamagedVectorsGiveJson) {
  SeededRandom random(3);
  for (const auto& vector : test::load_vectors()) {
    if (vector.payload.empty()) continue;
    for (int i = 0; i < 200; ++i) {
      Bytes damaged = vector.payload;
      damaged[random.below(damaged.size())] = static_cast<std::byte>(random.below(256));
      const json out = decode_exact(damaged);
      AdReader reader(damaged);
      AdStructure ad;
      std::size_t structures = 0;
      const json& error = out.at("error");
      const std::size_t fault = error.is_null() ? damaged.size() : error.at("offset").get<std::size_t>();
      while (reader.next(ad) && ad.offset <= fault) ++structures;
      ASSERT_EQ(out.at("ad").size(), structures) << to_hex(damaged);
    }
  }
}

}  // namespace
}  // namespace aisle::decode
