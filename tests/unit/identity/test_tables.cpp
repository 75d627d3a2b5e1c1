// The hash tables against the standard library's.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agent/base/random.hpp"
#include "ble/identity/record_pool.hpp"
#include "ble/identity/rpa_cache.hpp"
#include "ble/identity/token_table.hpp"

namespace aisle::identity {
namespace {

// Tokens that crowd into few homes, and wrap around the end of the table.
Token crowded(std::uint64_t n) {
  Token token{};
  token[3] = static_cast<std::byte>(n % 3 == 0 ? 0xFF : n % 3);
  token[2] = token[1] = token[0] = n % 3 == 0 ? std::byte{0xFF} : std::byte{0};
  token[11] = static_cast<std::byte>(n & 0xFFU);
  return token;
}

TEST(TokenTable, AgreesWithAModelUnderChurn) {
  SeededRandom random(3);
  for (int round = 0; round < 20; ++round) {
    TokenTable table;
    std::map<Token, std::set<std::uint32_t>> model;
    for (int i = 0; i < 3000; ++i) {
      const Token token = crowded(random.below(200));
      const auto device = static_cast<std::uint32_t>(random.below(3));
      if (random.below(2) == 0) {
        table.insert(token, device);
        model[token].insert(device);
      } else {
        table.erase(token, device);
        if (const auto at = model.find(token); at != model.end()) {
          at->second.erase(device);
          if (at->second.empty()) model.erase(at);
        }
      }
      const Token asked = crowded(random.below(210));
      const auto at = model.find(asked);
      const std::uint32_t expected = at == model.end()        ? kNone
                                     : at->second.size() == 1 ? *at->second.begin()
                                                              : TokenTable::kAmbiguous;
      ASSERT_EQ(table.find(asked), expected);
      ASSERT_EQ(table.size(), model.size());
    }
    for (std::size_t part = 0; part < TokenTable::kParts; ++part) table.renew(part, 100);
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.find(crowded(1)), kNone);
  }
}

TEST(TokenTable, SixteenBytesAnEntryAtSeventyPercent) {
  TokenTable table;
  for (std::size_t part = 0; part < TokenTable::kParts; ++part) table.renew(part, 100'000);
  EXPECT_LE(table.bytes(), 100'000U * 16 * 10 / 7 + TokenTable::kParts * 100);
  const std::size_t before = table.bytes();
  SeededRandom random(1);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    Token token{};
    const std::uint64_t bits = random.next();
    std::memcpy(token.data(), &bits, 8);
    table.insert(token, i);
  }
  EXPECT_LE(table.bytes(), before + before / 50) << "reserved is enough, but for the odd part that is fuller";
}

TEST(FlatIndex, AgreesWithAModelUnderChurn) {
  SeededRandom random(4);
  FlatIndex index;
  std::set<std::pair<std::uint32_t, std::uint32_t>> model;
  for (int i = 0; i < 20'000; ++i) {
    const auto position = static_cast<std::uint32_t>(random.below(300));
    const std::uint32_t hash = position % 4 == 0 ? 0xFFFFFFFFU : position % 7;
    if (random.below(2) == 0) {
      if (model.insert({hash, position}).second) index.insert(hash, position);
    } else {
      ASSERT_EQ(index.erase(hash, position), model.erase({hash, position}) == 1);
    }
    const bool has = model.count({hash, position}) == 1;
    ASSERT_EQ(index.find(hash, [&](std::uint32_t p) { return p == position; }), has ? position : kNone);
    ASSERT_EQ(index.size(), model.size());
  }
}

TEST(RecordPool, SlotsStayAndAreReused) {
  struct Named {
    std::string name;
    [[nodiscard]] const std::string& id() const { return name; }
  };
  RecordPool<Named> pool;
  std::vector<const Named*> places;
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t slot = pool.add({std::to_string(i)});
    places.push_back(&pool[slot]);
  }
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t slot = pool.find(std::to_string(i));
    ASSERT_NE(slot, kNone);
    EXPECT_EQ(&pool[slot], places[static_cast<std::size_t>(i)]);
  }
  const std::uint32_t gone = pool.find("500");
  pool.erase(gone);
  EXPECT_EQ(pool.find("500"), kNone);
  EXPECT_FALSE(pool.used(gone));
  EXPECT_EQ(pool.add({"new"}), gone);
  EXPECT_EQ(pool.slots(), 1000U);
}

TEST(RpaCache, KeepsWhatIsUsed) {
  RpaCache cache(4);
  const auto address = [](std::uint8_t n) { return Address{{0x40, 0, 0, 0, 0, n}, true}; };
  for (std::uint8_t n = 0; n < 4; ++n) cache.put(address(n), n);
  EXPECT_EQ(cache.find(address(2)), 2U);
  for (std::uint8_t n = 10; n < 13; ++n) cache.put(address(n), n);
  EXPECT_EQ(cache.size(), 4U);
  EXPECT_EQ(cache.find(address(2)), 2U);
  EXPECT_EQ(cache.find(address(0)), std::nullopt);
  EXPECT_EQ(cache.find(address(12)), 12U);
  cache.clear();
  EXPECT_EQ(cache.find(address(2)), std::nullopt);
}

}  // namespace
}  // namespace aisle::identity
