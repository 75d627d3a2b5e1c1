// Randomness handed in: the system's for the daemon, a seeded one for tests, simulation and replay.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/time.hpp"

namespace aisle {

class Random {
 public:
  virtual ~Random() = default;
  // 64 uniform bits.
  virtual std::uint64_t next() = 0;
  // Uniform in [0, 1).
  double unit();
  // Uniform in [0, bound); 0 when bound is 0.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [0, span).
  Duration jitter(Duration span);
  // `length` characters of [a-z0-9].
  std::string identifier(std::size_t length);
  // Standard normal.
  double normal();
};

// getrandom(2).
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

// splitmix64 (Steele, Lea, Flood 2014): the same numbers for the same seed on every machine.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

}  // namespace aisle
