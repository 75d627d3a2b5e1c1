// No call does work that grows with the store: nothing that holds one entry a customer, device or key is moved or made
// in one piece. A container that moves has to allocate where it moves to, so the largest allocation tells.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "ble/identity/token_table.hpp"
#include "tests/unit/identity/fixture.hpp"

namespace {

std::size_t& largest_allocation() {
  thread_local std::size_t largest = 0;
  return largest;
}

void* allocate(std::size_t size) {
  largest_allocation() = std::max(largest_allocation(), size);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace aisle::identity {
namespace {

using testing::at;
using testing::hear;
using testing::key_record;
using testing::start_of;
using testing::who;

constexpr std::int32_t kDay = 20779;
constexpr std::uint32_t kNoon = kDay * 144U + 72;
constexpr std::uint32_t kMillion = 1'000'000;
constexpr std::uint32_t kMany = 300'000;

class Growth : public ::testing::Test {
 protected:
  // Everybody has a device, a static identifier and a consent that ends.
  void take_customers(std::uint32_t count) {
    for (std::uint32_t n = 0; n < count; ++n) {
      auto c = testing::customer("c-" + std::to_string(n), {n});
      c.proximity->expires_at = start_of(kNoon + 1000) + seconds(n);
      c.static_ids = {IBeaconId{testing::key_number(n), 1, 2}};
      resolver_.upsert_customer(c);
    }
  }
  void take_keys(std::uint32_t count, std::int32_t day) {
    for (std::uint32_t n = 0; n < count; ++n) resolver_.add_key(key_record(n, day));
  }
  // How many slices of `steps` it takes; no slice makes more tokens than it has steps.
  int catch_up(std::size_t steps) {
    int slices = 0;
    for (; resolver_.behind(); ++slices) {
      const std::size_t before = resolver_.stats().tokens_ready;
      static_cast<void>(resolver_.prepare(steps));
      EXPECT_LE(resolver_.stats().tokens_ready, before + steps);
    }
    return slices;
  }
  Resolver resolver_{{.allow_static = true, .in_slices = true}};
};

TEST_F(Growth, TablesOfAMillionGrowInParts) {
  SeededRandom random(1);
  TokenTable tokens;
  FlatIndex index;
  largest_allocation() = 0;
  for (std::uint32_t n = 0; n < kMillion; ++n) {
    Token token{};
    const std::uint64_t bits = random.next();
    std::memcpy(token.data(), &bits, sizeof bits);
    tokens.insert(token, n);
    index.insert(hash_u64(n), n);
  }
  EXPECT_LT(largest_allocation(), std::size_t{kMillion} * 16 / 64 * 2) << "one part of the larger table";
  EXPECT_EQ(tokens.size(), kMillion);
  EXPECT_EQ(index.size(), kMillion);
}

TEST_F(Growth, CustomersAndKeysArriveWithoutAMoveOfAll) {
  resolver_.advance(start_of(kNoon));
  largest_allocation() = 0;
  take_customers(kMany);
  take_keys(kMany, kDay);
  EXPECT_LT(largest_allocation(), std::size_t{kMany} / 64 * 16 * 2 + 40'000) << "a part of a table";
  EXPECT_EQ(resolver_.stats().tokens_ready, 3U * kMany);
  EXPECT_EQ(who(hear(resolver_, kMany - 1, kNoon, start_of(kNoon))), "c-299999");
}

TEST_F(Growth, AStartAndAJumpAreCaughtUpInSlices) {
  take_customers(20'000);
  take_keys(20'000, kDay);
  EXPECT_EQ(who(hear(resolver_, 7, kNoon, start_of(kNoon))), "") << "not yet";
  EXPECT_GE(catch_up(1000), 3 * 20);
  EXPECT_EQ(who(hear(resolver_, 7, kNoon, start_of(kNoon))), "c-7");
  EXPECT_EQ(who(hear(resolver_, 7, kNoon + 20, start_of(kNoon + 20))), "");
  EXPECT_GE(catch_up(1000), 3 * 18);
  EXPECT_EQ(who(hear(resolver_, 7, kNoon + 20, start_of(kNoon + 20))), "c-7");
  while (resolver_.prepare(1000)) {
  }
  EXPECT_EQ(who(hear(resolver_, 8, kNoon + 22, start_of(kNoon + 21))), "c-8") << "prepared: nothing to catch up";
}

TEST_F(Growth, ConsentsThatEndTogetherServeNoMoreThoughTheyAreNotWorkedOff) {
  resolver_.advance(start_of(kNoon));
  for (std::uint32_t n = 0; n < 5000; ++n) {
    auto c = testing::customer("c-" + std::to_string(n), {n});
    c.proximity->expires_at = start_of(kNoon) + seconds(10);
    resolver_.upsert_customer(c);
    resolver_.add_key(key_record(n, kDay));
  }
  const UnixTime over = start_of(kNoon) + seconds(10);
  std::size_t ended = resolver_.advance(over).size();
  EXPECT_LT(ended, 100U);
  for (std::uint32_t n = 0; n < 5000; n += 97) {
    testing::AdvertBuilder advert;
    EXPECT_EQ(who(resolver_.resolve(advert.token_of(n, kNoon).get(), testing::kPublic, over)), "");
  }
  while (resolver_.behind()) static_cast<void>(resolver_.prepare(500));
  ended += resolver_.advance(over).size();
  EXPECT_EQ(ended, 5000U) << "each is told of once";
}

TEST_F(Growth, AStepBackIsNoneAndAJumpBackIsOne) {
  resolver_.advance(start_of(kNoon));
  take_customers(10);
  take_keys(10, kDay);
  const auto rolls = resolver_.stats().rolls;
  resolver_.advance(start_of(kNoon) - milliseconds(300));
  EXPECT_EQ(resolver_.stats().rolls, rolls);
  resolver_.advance(start_of(kNoon) - seconds(3));
  EXPECT_EQ(resolver_.stats().rolls, rolls + 1);
  EXPECT_EQ(who(hear(resolver_, 7, kNoon - 1, start_of(kNoon) - seconds(3))), "c-7");
}

}  // namespace
}  // namespace aisle::identity
