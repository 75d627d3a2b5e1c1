// How strongly a receiver hears a phone: log-distance path loss, shadowing that changes as people move, bodies that
// only weaken, and fast fading. In whole thousandths of a dB.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/base/random.hpp"

namespace aisle::simulator {

// Millimetres on the floor.
struct Point {
  std::int64_t x = 0;
  std::int64_t y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

[[nodiscard]] std::int64_t distance_squared(Point a, Point b);  // mm^2

// log2 in 1/65536, exact to its last place. `value` is not 0.
[[nodiscard]] std::int64_t log2_q16(std::uint64_t value);

// Mean RSSI at a distance, thousandths of a dBm, before shadowing, bodies and fading.
[[nodiscard]] std::int64_t mean_rssi(std::int64_t squared_mm);

// One phone at one receiver.
class Link {
 public:
  // dBm as the receiver reports it, in [-100, -20]; empty: below its floor. `body_loss`: thousandths of a dB, not
  // negative. `at`: microseconds, never going back.
  std::optional<std::int8_t> hear(Random& random, Point from, Point receiver, std::int64_t body_loss, std::int64_t at);

 private:
  void age(Random& random, Point from, std::int64_t at);

  bool fresh_ = true;
  Point last_{};
  std::int64_t last_at_ = 0;
  std::int64_t shadow_ = 0;  // thousandths of a standard deviation
};

}  // namespace aisle::simulator
