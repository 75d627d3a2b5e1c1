// Exponential back-off with jitter, and the schedule of connection attempts.
#pragma once

#include <algorithm>

#include "agent/base/random.hpp"
#include "agent/base/time.hpp"

namespace aisle::sync {

// Full: uniform in [0, ceiling). Half: uniform in [ceiling / 2, ceiling). The ceiling doubles with every `next`.
enum class Jitter { full, half };

class Backoff {
 public:
  Backoff(Duration first, Duration max, Jitter jitter) : first_(first), max_(max), jitter_(jitter) {}
  [[nodiscard]] Duration next(Random& random);
  void reset() { doublings_ = 0; }

 private:
  Duration first_;
  Duration max_;
  Jitter jitter_;
  unsigned doublings_ = 0;
};

// A connection that took no events and fell sooner than this counts as a failed attempt, so that a broker which accepts
// and throws out (or two gateways with one client id) is not tried in a tight circle.
inline constexpr Duration kStableConnection = seconds(30);

class RetrySchedule {
 public:
  // `spread`: over how long the first retries after a lost broker are spread; 0: at once.
  RetrySchedule(Duration spread, Duration max)
      : spread_(spread),
        max_(max),
        backoff_(kFirst, max, Jitter::full),
        busy_(std::min<Duration>(kBusy, max), max, Jitter::half) {}
  [[nodiscard]] Duration after_failure(Random& random) { return backoff_.next(random); }
  // `stood`: how long the lost connection had been up; `useful`: it took events from us. A connection that did neither
  // is a failed attempt: a broker that throws us out at once must not be hammered. Failures that follow a loss back off
  // from half the spread (1 s where there is none): a whole fleet has lost the same broker, and would try it far more
  // often than the spread allows if each began at 1 s again.
  [[nodiscard]] Duration after_loss(Duration stood, bool useful, Random& random);
  // The broker says that it is busy: it is left alone for half of 10 s at least, doubling up to `max`, until a
  // connection has stood.
  [[nodiscard]] Duration after_busy(Random& random) { return busy_.next(random); }

 private:
  static constexpr Duration kFirst = seconds(1);
  static constexpr Duration kBusy = seconds(10);

  Duration spread_;
  Duration max_;
  Backoff backoff_;
  Backoff busy_;
};

}  // namespace aisle::sync
