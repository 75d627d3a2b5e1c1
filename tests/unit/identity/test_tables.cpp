// The hash tables against the standard library's.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agent/base/random.hpp"
#include "ble/identity/day_keys.hpp"
#include "ble/identity/packed_customer.hpp"
#include "ble/identity/record_pool.hpp"
#include "ble/identity/rpa_cache.hpp"
#include "ble/identity/token_table.hpp"
#include "tests/unit/identity/fixture.hpp"

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

TEST(PackedCustomer, GivesBackWhatWasPutIn) {
  Customer c = testing::customer("c-81f2", {0, 127, 128, 0xFFFFFFFFU});
  c.devices[1].tx_offset_db = -128;
  c.proximity = Consent{UnixTime(Duration(-1)), testing::at(2'000'000'000), "in the store only"};
  c.analytics = Consent{testing::at(5), std::nullopt, ""};
  c.language = "hi";
  c.segments = {"gold", "", std::string(300, 'x')};
  c.tier = -2;
  c.interests = {"coffee"};
  c.list = {"4006381333931", "1"};
  const Key128 uuid = testing::key_number(7);
  c.static_ids = {EddystoneUid{{}, {std::byte{9}}}, IBeaconId{uuid, 65535, 2}, AltBeaconId{uuid, 3, 4}};
  PackedCustomer packed(c);
  packed.set_enrolled(true);
  EXPECT_TRUE(packed.enrolled());
  EXPECT_EQ(packed.id(), "c-81f2");
  EXPECT_EQ(packed.proximity()->expires_at, c.proximity->expires_at);
  const Customer back = packed.unpack();
  EXPECT_EQ(back.id, c.id);
  ASSERT_EQ(back.devices.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(back.devices[i].ordinal, c.devices[i].ordinal);
    EXPECT_EQ(back.devices[i].tx_offset_db, c.devices[i].tx_offset_db);
  }
  EXPECT_EQ(back.proximity->granted_at, c.proximity->granted_at);
  EXPECT_EQ(back.proximity->ref, "");
  EXPECT_FALSE(back.offers);
  EXPECT_EQ(back.analytics->granted_at, c.analytics->granted_at);
  EXPECT_FALSE(back.analytics->expires_at);
  EXPECT_EQ(back.language, c.language);
  EXPECT_EQ(back.segments, c.segments);
  EXPECT_EQ(back.tier, c.tier);
  EXPECT_EQ(back.interests, c.interests);
  EXPECT_EQ(back.list, c.list);
  EXPECT_EQ(back.static_ids, c.static_ids);
  EXPECT_EQ(PackedCustomer().id(), "");
  EXPECT_EQ(PackedCustomer().unpack().id, "");
}

TEST(DayKeys, AgreeWithAModelUnderChurn) {
  SeededRandom random(5);
  DayKeys keys;
  std::map<std::uint32_t, Key128> model;
  for (int i = 0; i < 20'000; ++i) {
    const auto device = static_cast<std::uint32_t>(random.below(3000));
    if (random.below(5) < 2) {
      keys.put(device, model[device] = testing::key_number(random.next()));
    } else {
      keys.erase(device);
      model.erase(device);
    }
    const auto asked = static_cast<std::uint32_t>(random.below(5000));
    const auto at = model.find(asked);
    const Key128* const found = keys.find(asked);
    ASSERT_EQ(found != nullptr, at != model.end());
    if (found != nullptr) {
      ASSERT_EQ(*found, at->second);
      ASSERT_LT(asked, keys.devices());
    }
    ASSERT_EQ(keys.size(), model.size());
  }
  for (std::uint32_t device = 0; device < 3000; ++device) keys.erase(device);
  EXPECT_LT(keys.bytes(), 1000U) << "nothing but the list of chunks is left";
}

// The README's account. A record here has no consent that ends.
TEST(Memory, OfACustomerWithADeviceAndTheKeysOfTwoDays) {
  constexpr std::uint32_t kCustomers = 20'000;
  constexpr std::int32_t kDay = 20779;
  Resolver resolver{{}};
  resolver.advance(testing::start_of(kDay * 144U + 72));
  for (std::uint32_t n = 0; n < kCustomers; ++n) {
    resolver.upsert_customer(testing::customer("c-" + std::to_string(100'000 + n), {n}));
    resolver.add_key(testing::key_record(n, kDay));
    resolver.add_key(testing::key_record(n, kDay + 1));
  }
  while (resolver.prepare(1000)) {
  }
  EXPECT_LE(resolver.stats().bytes / kCustomers, 250U);
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
