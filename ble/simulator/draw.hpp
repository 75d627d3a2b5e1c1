// Seeded randomness in whole numbers, so that every machine and compiler draws the same.
#pragma once

#include <cstdint>

#include "agent/base/random.hpp"

namespace aisle::simulator {

// What a stream of randomness is for; streams do not disturb each other.
enum class Stream : std::uint64_t { itinerary = 1, emission, address, payload, body, customer };

// A generator of its own for every (seed, stream, a, b).
inline SeededRandom stream(std::uint64_t seed, Stream what, std::uint64_t a, std::uint64_t b = 0) {
  std::uint64_t state = seed;
  for (const std::uint64_t part : {static_cast<std::uint64_t>(what), a, b})
    state = SeededRandom(state ^ (part * 0xD1B54A32D192ED03ULL)).next();
  return SeededRandom(state);
}

// Uniform in [low, high].
inline std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

// True in `percent` of 100.
inline bool chance(Random& random, std::uint64_t percent) {
  return random.below(100) < percent;
}

// Standard normal in thousandths: the sum of four uniform 16-bit numbers (mean 131,070, deviation 37,837), so never
// beyond 3.47.
inline std::int64_t normal_milli(Random& random) {
  std::uint64_t bits = random.next();
  std::int64_t sum = 0;
  for (int i = 0; i < 4; ++i, bits >>= 16U) sum += static_cast<std::int64_t>(bits & 0xFFFFU);
  return (sum - 131070) * 1000 / 37837;
}

}  // namespace aisle::simulator
