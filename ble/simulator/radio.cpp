#include "ble/simulator/radio.hpp"

#include <algorithm>
#include <bit>

#include "ble/simulator/draw.hpp"

namespace aisle::simulator {
namespace {

constexpr std::int64_t kAtOneMetre = -52'000;           // thousandths of a dBm
constexpr std::int64_t kLossPerLog2 = 4'816;            // 16 log10(2): path-loss exponent 3.2 over squared distance
constexpr std::int64_t kLog2OfSquareMetre = 1'306'235;  // log2(10^6) in 1/65536
constexpr std::int64_t kNearest = 90'000;               // 0.3 m squared
constexpr std::int64_t kShelfFrom = 20'250'000;         // 4.5 m squared: a shelf stands between
constexpr std::int64_t kShelfLoss = 3'000;
constexpr std::int64_t kInSight = 9'000'000;  // 3 m squared
constexpr std::int64_t kFloor = -100;         // dBm

// Shadowing forgets over about 2 m of walking or 40 s of others' moving: a step each half metre or 10 s keeps
// exp(-1/4) of it.
constexpr std::int64_t kStepSquared = 250'000;  // 0.5 m squared
constexpr std::int64_t kStepMicros = 10'000'000;
constexpr std::int64_t kKept = 779;     // thousandths
constexpr std::int64_t kRenewed = 627;  // sqrt(1 - kKept^2)

std::int64_t shadow_loss(std::int64_t shadow, std::int64_t squared_mm) {
  if (squared_mm <= kInSight) return std::clamp<std::int64_t>(2 * shadow, -4'000, 4'000);
  return std::clamp<std::int64_t>(4 * shadow, -12'000, 4'000);
}

std::int64_t fading(Random& random) {
  std::int64_t value = normal_milli(random);
  value = value < 0 ? 3 * value / 2 : -3 * value / 2;
  if (random.below(16) == 0) value -= between(random, 4'000, 10'000);  // a deep fade on one channel
  return value;
}

}  // namespace

std::int64_t distance_squared(Point a, Point b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

std::int64_t log2_q16(std::uint64_t value) {
  const int whole = 63 - std::countl_zero(value);
  std::uint64_t mantissa = whole <= 31 ? value << (31 - whole) : value >> (whole - 31);  // [1, 2) in 1/2^31
  std::int64_t result = whole;
  for (int bit = 0; bit < 16; ++bit) {
    mantissa = (mantissa * mantissa) >> 31U;
    const bool carry = (mantissa >> 32U) != 0;
    result = result * 2 + (carry ? 1 : 0);
    if (carry) mantissa >>= 1U;
  }
  return result;
}

std::int64_t mean_rssi(std::int64_t squared_mm) {
  const std::int64_t squared = std::max(squared_mm, kNearest);
  const std::int64_t octaves = log2_q16(static_cast<std::uint64_t>(squared)) - kLog2OfSquareMetre;
  const std::int64_t shelf = squared >= kShelfFrom ? kShelfLoss : 0;
  return kAtOneMetre - kLossPerLog2 * octaves / 65536 - shelf;
}

void Link::age(Random& random, Point from, std::int64_t at) {
  if (fresh_) {
    fresh_ = false;
    shadow_ = normal_milli(random);
  } else if (distance_squared(from, last_) < kStepSquared && at - last_at_ < kStepMicros) {
    return;
  } else {
    shadow_ = (kKept * shadow_ + kRenewed * normal_milli(random)) / 1000;
  }
  last_ = from;
  last_at_ = at;
}

std::optional<std::int8_t> Link::hear(Random& random, Point from, Point receiver, std::int64_t body_loss,
                                      std::int64_t at) {
  age(random, from, at);
  const std::int64_t squared = distance_squared(from, receiver);
  const std::int64_t level = mean_rssi(squared) + shadow_loss(shadow_, squared) - body_loss + fading(random);
  const std::int64_t dbm = (level - 500) / 1000;  // negative: rounds to the nearest
  if (dbm < kFloor) return std::nullopt;
  return static_cast<std::int8_t>(std::min<std::int64_t>(dbm, -20));
}

}  // namespace aisle::simulator
