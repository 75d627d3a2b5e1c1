#include "agent/base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace aisle {
namespace {

TEST(Random, TheSameSeedIsTheSameSequence) {
  SeededRandom a(7);
  SeededRandom b(7);
  SeededRandom c(8);
  for (int i = 0; i < 100; ++i) {
    const auto value = a.next();
    EXPECT_EQ(value, b.next());
    EXPECT_NE(value, c.next());
  }
}

TEST(Random, StaysBelowItsBound) {
  SeededRandom random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.insert(random.below(7));
    EXPECT_LT(random.unit(), 1.0);
    EXPECT_GE(random.unit(), 0.0);
    EXPECT_LT(random.jitter(seconds{2}), seconds{2});
  }
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(random.below(0), 0U);
  EXPECT_EQ(random.jitter(seconds{0}), seconds{0});
}

TEST(Random, IdentifiersAreOfTheContractsAlphabet) {
  SystemRandom random;
  const auto first = random.identifier(16);
  EXPECT_EQ(first.size(), 16U);
  EXPECT_EQ(first.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
  EXPECT_NE(first, random.identifier(16));
}

}  // namespace
}  // namespace aisle
