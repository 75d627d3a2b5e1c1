#include "agent/base/random.hpp"

#include <sys/random.h>

#include <cmath>
#include <cstdlib>
#include <numbers>

namespace aisle {

double Random::unit() {
  return static_cast<double>(next() >> 11U) * 0x1.0p-53;
}

std::uint64_t Random::below(std::uint64_t bound) {
  if (bound == 0) return 0;
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;  // rejection keeps it uniform
  for (;;) {
    const std::uint64_t value = next();
    if (value < limit) return value % bound;
  }
}

Duration Random::jitter(Duration span) {
  return span.count() <= 0 ? Duration{0}
                           : Duration{static_cast<std::int64_t>(below(static_cast<std::uint64_t>(span.count())))};
}

std::string Random::identifier(std::size_t length) {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out.push_back(kAlphabet[below(kAlphabet.size())]);
  return out;
}

double Random::normal() {
  const double u = 1.0 - unit();  // Box-Muller; u in (0, 1]
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * unit());
}

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) std::abort();
  return value;
}

std::uint64_t SeededRandom::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

}  // namespace aisle
